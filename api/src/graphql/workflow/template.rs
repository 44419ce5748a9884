//! Workflows to begin with.

use async_graphql::SimpleObject;
use domain::workflow::templates::Template;

use super::definition::WorkflowDefinition;

/// A workflow to begin with: import its file with `workflowImport`, change it, publish it.
#[derive(SimpleObject)]
pub struct WorkflowTemplate {
    /// The key that its file proposes.
    key: String,
    /// What people call it.
    name: String,
    /// What it is for.
    description: String,
    /// What it does.
    definition: WorkflowDefinition,
    /// The text of its file.
    file: String,
}

impl From<&Template> for WorkflowTemplate {
    fn from(template: &Template) -> Self {
        Self {
            key: template.file.key.0.clone(),
            name: template.file.name.clone(),
            description: template.description.to_owned(),
            definition: WorkflowDefinition::from(&template.file.definition),
            file: template.text.to_owned(),
        }
    }
}

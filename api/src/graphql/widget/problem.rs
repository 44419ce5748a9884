//! What keeps a widget from being published.

use async_graphql::{Enum, SimpleObject};
use domain::widget::Problem;

use crate::graphql::document::DocumentKind;

/// Something that keeps a widget from being published.
#[derive(SimpleObject)]
pub struct SetupProblem {
    /// What it is, for programs.
    code: SetupProblemCode,
    /// Which document is missing; null for other problems.
    document_kind: Option<DocumentKind>,
    /// What to do about it, for people.
    message: String,
}

/// The kinds of set-up problems.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupProblemCode {
    /// The public company name is missing.
    CompanyDisplayName,
    /// No phone number is linked, or its access token is gone.
    Number,
    /// A document that every bot needs has no active version.
    Document,
}

impl From<Problem> for SetupProblem {
    fn from(problem: Problem) -> Self {
        let (code, document_kind, message) = match problem {
            Problem::CompanyDisplayName => (
                SetupProblemCode::CompanyDisplayName,
                None,
                "give the company's public name: widgetUpdateAppearance".to_owned(),
            ),
            Problem::Number => {
                (SetupProblemCode::Number, None, "link a phone number: widgetConnectNumber".to_owned())
            }
            Problem::Document(kind) => (
                SetupProblemCode::Document,
                Some(DocumentKind::from(kind)),
                format!(
                    "create a document of the kind {} and activate a version: documentCreate, documentVersionActivate",
                    kind.as_str()
                ),
            ),
        };
        Self { code, document_kind, message }
    }
}

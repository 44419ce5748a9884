//! Workflows to begin with: files like any other, to be imported, changed and published.

use std::sync::LazyLock;

use super::file::{self, File};

/// A workflow to begin with.
#[derive(Debug, Clone)]
pub struct Template {
    /// What it is for.
    pub description: &'static str,
    /// The text of its file.
    pub text: &'static str,
    /// What the file says.
    pub file: File,
}

macro_rules! templates {
    ($($name:literal: $description:literal,)*) => {
        [$(($description, include_str!(concat!("templates/", $name, ".json")))),*]
    };
}

static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let files = templates! {
        "assistant": "Answers from the knowledge and asks for a person when nothing fits. Set it for a widget: it does \
                      what the built-in assistant does, and can be changed.",
        "collect-order": "Asks for a name and an order number, then hands over with a note. Set it for a widget.",
        "out-of-hours": "Tells a customer who waits for a person when the company opens.",
        "follow-up": "Asks once whether there is anything else after 20 hours without a word, while it may still be asked.",
        "satisfaction": "Asks after a session how satisfied the customer was, and tags the conversation.",
    };
    let read = |(description, text): (&'static str, &'static str)| Template {
        description,
        text,
        file: file::read(text).expect("a template is a file"),
    };
    files.into_iter().map(read).collect()
});

/// All of them.
#[must_use]
pub fn all() -> &'static [Template] {
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::{Library, check};

    #[test]
    fn every_template_may_be_published_as_it_is() {
        for template in all() {
            let library = Library::default().with_draft(&template.file.key, &template.file.definition);
            assert_eq!(check(&template.file.definition, &library), [], "{}", template.file.key);
            assert!(template.file.key.is_well_formed());
        }
    }
}

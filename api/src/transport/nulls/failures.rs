//! The paths of errors as a tree, so that only branches with errors are walked.

use std::collections::HashMap;

use async_graphql::{PathSegment, ServerError};

/// The failures under one value.
#[derive(Default)]
pub(super) struct Failures<'a>(HashMap<Step<'a>, Failures<'a>>);

#[derive(PartialEq, Eq, Hash)]
pub(super) enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Failures<'a> {
    pub fn of(errors: &'a [ServerError]) -> Self {
        let mut root = Self::default();
        for error in errors {
            let mut node = &mut root;
            for segment in &error.path {
                let step = match segment {
                    PathSegment::Field(name) => Step::Field(name),
                    PathSegment::Index(index) => Step::Index(*index),
                };
                node = node.0.entry(step).or_default();
            }
        }
        root
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn are_in_an_object(&self) -> bool {
        self.0.keys().any(|step| matches!(step, Step::Field(_)))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Step<'a>, &Self)> {
        self.0.iter()
    }
}

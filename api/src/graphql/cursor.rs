//! Places in the feed of events.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::feed;
use domain::tx::Committed;

/// A place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// A place in the workspace's feed of events: everything up to it has been seen. Opaque; keep it as it is and
/// give it to a subscription as `after`.
#[Scalar(name = "Cursor")]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl From<feed::Cursor> for Cursor {
    fn from(cursor: feed::Cursor) -> Self {
        Self(cursor.to_string())
    }
}

/// Where a change stands; none if it changed nothing.
pub(crate) fn of(committed: &Committed) -> Option<Cursor> {
    committed.cursor.map(Cursor::from)
}

/// The two fields that every payload ends with.
pub(crate) fn and_errors<E>(done: Result<Committed, E>) -> (Option<Cursor>, Vec<E>) {
    match done {
        Ok(committed) => (of(&committed), Vec::new()),
        Err(error) => (None, vec![error]),
    }
}

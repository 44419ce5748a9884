//! What a document may cost before anybody parses, validates or runs it.
//!
//! Every way in calls [`admit`]: HTTP by GET and POST, and the socket's `subscribe`. The text is scanned once
//! from left to right, then parsed, then its selections are counted with every fragment counted once.
//!
//! Invariant: the time spent here is linear in the size of the request, nothing here recurses deeper than the
//! nesting that was already checked, and no input makes it panic. The parsed document stays in the request,
//! so the executor does not parse again.

mod scan;
mod selections;
mod variables;

use async_graphql::{
    Pos, Request,
    parser::{
        self,
        types::{DocumentOperations, ExecutableDocument, OperationType},
    },
};

/// How large one operation may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Length of the document in bytes.
    pub document_bytes: usize,
    /// Words, numbers, strings and signs of the document.
    pub tokens: usize,
    /// Length of one name in bytes.
    pub name_bytes: usize,
    /// How deep brackets of any kind may be nested; also holds for selections through fragments and for
    /// variables.
    pub nesting: usize,
    /// Aliased fields.
    pub aliases: usize,
    /// Directives.
    pub directives: usize,
    /// Selections of all operations once every fragment is written out where it is used.
    pub selections: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 256 * 1024,
            tokens: 15_000,
            name_bytes: 256,
            nesting: 64,
            aliases: 100,
            directives: 50,
            selections: 5_000,
        }
    }
}

/// Why a document is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It exceeds a limit.
    TooExpensive {
        /// What there is too much of.
        what: &'static str,
        /// How much of it is allowed.
        limit: u64,
    },
    /// It is not a GraphQL document.
    Malformed {
        /// What is wrong with it.
        message: String,
        /// Where it is wrong.
        at: Option<Pos>,
    },
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooExpensive { what, limit } => {
                write!(out, "the operation exceeds the limit of {limit} {what}")
            }
            Self::Malformed { message, at: Some(at) } => {
                write!(out, "syntax error at line {}, column {}: {message}", at.line, at.column)
            }
            Self::Malformed { message, at: None } => write!(out, "syntax error: {message}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    fn over(what: &'static str, limit: usize) -> Self {
        Self::TooExpensive { what, limit: limit as u64 }
    }
}

/// Lets a request through or says why not, and says what its selected operation is: `None` when the request
/// names no operation of the document, which the executor will refuse.
pub fn admit(request: &mut Request, limits: &Limits) -> Result<Option<OperationType>, Refusal> {
    scan::scan(&request.query, limits)?;
    variables::check(&request.variables, limits)?;
    let document = parser::parse_query(&request.query).map_err(malformed)?;
    selections::check(&document, limits)?;
    let selected = selected(&document, request.operation_name.as_deref());
    request.set_parsed_query(document);
    Ok(selected)
}

fn selected(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next()
        }
        (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| operation.node.ty)
}

/// The parser draws a picture of the line over several lines; a client wants the sentence under it.
fn malformed(error: parser::Error) -> Refusal {
    let at = error.positions().next();
    let message = match &error {
        parser::Error::Syntax { message, .. } => {
            let sentence = message.lines().rev().find_map(|line| line.trim_start().strip_prefix("= "));
            sentence.unwrap_or("unexpected text").to_owned()
        }
        other => other.to_string(),
    };
    Refusal::Malformed { message, at }
}

#[cfg(test)]
mod tests;

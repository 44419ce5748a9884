//! What a caller can mend, or what the state refuses: data in the payload, one type per concept.

use async_graphql::Result;
use domain::Error as Fault;
use domain::error::Refusal;

use super::operation::Operation;

/// A concept's user error.
pub(crate) trait UserError: Sized {
    /// The input is wrong at `field`.
    fn invalid(field: &str, message: String) -> Self;
    /// The state refuses; none if this concept knows no such refusal.
    fn refused(code: Refusal, message: String) -> Option<Self>;
}

impl Operation {
    /// What a command did, or its user error, or a top-level error.
    pub fn settle<T, E: UserError>(&self, done: domain::Result<T>) -> Result<Result<T, E>> {
        match done {
            Ok(done) => Ok(Ok(done)),
            Err(Fault::Invalid { field, message }) => Ok(Err(E::invalid(field, message))),
            Err(Fault::Refused { code, message }) => match E::refused(code, message) {
                Some(error) => Ok(Err(error)),
                None => Err(self.tell(&Fault::internal(format!("the refusal {code:?} has no code here")))),
            },
            Err(fault) => Err(self.tell(&fault)),
        }
    }
}

/// Defines a concept's error type and its codes: INVALID_INPUT and the refusals of `domain` that can occur.
macro_rules! user_errors {
    (
        $(#[$error_doc:meta])* $error:ident;
        $(#[$code_doc:meta])* $code:ident { $($(#[$doc:meta])* $refusal:ident,)* }
    ) => {
        $(#[$code_doc])*
        #[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $code {
            /// A field of the input is wrong: the message says what to change.
            InvalidInput,
            $($(#[$doc])* $refusal,)*
        }

        $(#[$error_doc])*
        #[derive(async_graphql::SimpleObject, Debug, Clone)]
        pub struct $error {
            /// The way to the wrong field of the input, outermost first, for example `["input", "text"]`;
            /// null when the input is fine and the state refuses.
            field: Option<Vec<String>>,
            /// Why, for programs.
            code: $code,
            /// Why, for people.
            message: String,
        }

        impl $crate::graphql::user_error::UserError for $error {
            fn invalid(field: &str, message: String) -> Self {
                let field = Some(vec!["input".to_owned(), field.to_owned()]);
                Self { field, code: $code::InvalidInput, message }
            }

            fn refused(refusal: domain::error::Refusal, message: String) -> Option<Self> {
                let codes: &[(domain::error::Refusal, $code)] =
                    &[$((domain::error::Refusal::$refusal, $code::$refusal),)*];
                let (_, code) = codes.iter().find(|(known, _)| *known == refusal)?;
                Some(Self { field: None, code: *code, message })
            }
        }
    };
}

pub(crate) use user_errors;

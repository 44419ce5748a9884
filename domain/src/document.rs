//! The workspace's one shared body of documents.
//!
//! Invariant: versions are append-only, at most one of a document is active.

mod command;
mod find;
mod kind;
mod version;

pub use command::{NewDocument, activate, add_version, create};
pub(crate) use command::{active_version, lock, replace};
pub use find::{citations, list, load, load_versions, missing, passages, versions};
pub use kind::Kind;
pub(crate) use version::check;
pub use version::{MAX_BYTES, NewVersion};

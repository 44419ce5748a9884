//! The workspace's one shared body of documents.
//!
//! Invariant: versions are append-only, at most one of a document is active.

mod command;
mod find;
mod kind;
mod version;

pub use command::{NewDocument, activate, add_version, create};
pub use find::{citations, list, load, load_versions, missing, passages, versions};
pub use kind::Kind;
pub use version::{MAX_BYTES, NewVersion};

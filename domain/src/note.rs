//! Notes for colleagues: beside the messages, never sent, no message and no answer.
//!
//! Invariant: a note stands where it was written, behind the message that was the last one then; a deleted one keeps
//! its place and loses its text.

mod command;

use sea_orm::{ColumnTrait, QueryFilter};

use crate::error::Result;
use crate::id::NoteId;
use crate::scope::Scope;

pub(crate) use command::write;
pub use command::{create, delete, update};

/// The longest note, in Unicode scalar values.
pub const MAX_TEXT: usize = 10_000;

/// Notes by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[NoteId]) -> Result<Vec<entity::note::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::note::Entity>().filter(entity::note::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

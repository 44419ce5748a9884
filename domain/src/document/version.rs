//! A version of a document, written together with its passages.
//!
//! Invariant: a stored version has all its passages, in the order of its text, and the index knows each.

use crate::error::{Error, Result};
use crate::id::{DocumentVersionId, PassageId};
use crate::knowledge;
use crate::tx::Tx;

/// The longest text of a version, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A new version.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// BCP 47, for example `en` or `zh-Hant`.
    pub language: String,
    /// Plain text or Markdown, at most 1 MiB.
    pub text: String,
}

/// Refuses what would be no version.
pub(crate) fn check(version: &NewVersion) -> Result<()> {
    if version.text.trim().is_empty() {
        return Err(Error::invalid("text", "write something: an empty document answers nothing"));
    }
    if version.text.len() > MAX_BYTES {
        return Err(Error::invalid(
            "text",
            format!("{} bytes are too many: at most {MAX_BYTES}", version.text.len()),
        ));
    }
    let language = &version.language;
    let plain = language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !(2..=35).contains(&language.len()) || !plain {
        return Err(Error::invalid("language", "name a language as BCP 47 does, for example en or zh-Hant"));
    }
    Ok(())
}

/// Adds the next version to a locked or new document; it is not active.
pub(super) async fn append(
    tx: &mut Tx<'_>,
    mut document: entity::document::Model,
    version: &NewVersion,
) -> Result<(entity::document::Model, DocumentVersionId)> {
    let id = DocumentVersionId::new();
    document.version_count += 1;
    tx.save(&document).await?;
    let text = version.text.replace('\0', "\u{fffd}");
    let now = tx.now();
    tx.insert(entity::document_version::Model {
        id: id.0,
        workspace_id: tx.workspace.0,
        document_id: document.id,
        number: document.version_count,
        language: version.language.clone(),
        state: "READY".to_owned(),
        text: text.clone(),
        created_at: now,
    })
    .await?;
    for (position, passage) in (0_i64..).zip(knowledge::passage::split(&text)) {
        let row = entity::passage::Model {
            id: PassageId::new().0,
            workspace_id: tx.workspace.0,
            document_version_id: id.0,
            position,
            heading: passage.heading,
            text: passage.text,
        };
        tx.insert(row.clone()).await?;
        knowledge::index(tx.db(), &row).await?;
    }
    Ok((document, id))
}

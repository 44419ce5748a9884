//! Adding to the knowledge and choosing what bots answer from.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::document::{self, NewDocument, NewVersion};
use domain::id::{DocumentId, DocumentVersionId};

use super::{Document, DocumentKind, DocumentVersion};
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of the knowledge was refused.
    DocumentUserError;
    /// Why a change of the knowledge was refused, for programs.
    DocumentErrorCode {
        /// There is a document of this kind already: add a version to it.
        KindTaken,
    }
}

/// A new document with its first version.
#[derive(InputObject)]
pub struct DocumentCreateInput {
    /// What it is about.
    kind: DocumentKind,
    /// Its name for people: 1 to 200 characters.
    title: String,
    /// The language of the text as BCP 47 names it, for example `en` or `zh-Hant`.
    language: String,
    /// Plain text or Markdown: at most 1 MiB.
    text: String,
}

/// A new version of a document.
#[derive(InputObject)]
pub struct DocumentVersionAddInput {
    /// The document.
    document_id: ID,
    /// The language of the text as BCP 47 names it, for example `en` or `zh-Hant`.
    language: String,
    /// Plain text or Markdown: at most 1 MiB.
    text: String,
}

/// Which version bots are to answer from.
#[derive(InputObject)]
pub struct DocumentVersionActivateInput {
    /// The version.
    document_version_id: ID,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* $field: $type,)*
            /// Why it was refused; empty if it was done.
            user_errors: Vec<DocumentUserError>,
            /// Where the change stands in the feed of events; null if nothing changed that events tell of.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What adding a document answers.
    DocumentCreatePayload {
        /// The document; null if it was refused.
        document: Option<Document>,
        /// Its first version, which is not active yet; null if it was refused.
        version: Option<DocumentVersion>,
    }

    /// What adding a version answers.
    DocumentVersionAddPayload {
        /// The document as it is now.
        document: Document,
        /// The version, which is not active yet; null if it was refused.
        version: Option<DocumentVersion>,
    }

    /// What activating a version answers.
    DocumentVersionActivatePayload {
        /// The document of the version, as it is now.
        document: Document,
        /// The version.
        version: DocumentVersion,
    }
}

/// Changes of the knowledge.
#[derive(Default)]
pub struct DocumentMutation;

#[Object]
impl DocumentMutation {
    /// Adds a document with its first version. Bots answer from it once a version is activated. Needs an
    /// admin.
    async fn document_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: DocumentCreateInput,
    ) -> Result<DocumentCreatePayload> {
        let operation = operation(ctx);
        let version = NewVersion { language: input.language, text: input.text };
        let new = NewDocument { kind: input.kind.into(), title: input.title, version };
        let done = document::create(env(ctx), &operation.actor, &new).await;
        Ok(match operation.settle(done)? {
            Ok((document, version, committed)) => DocumentCreatePayload {
                document: Some(operation.named(document).await?.into()),
                version: Some(operation.named(version).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => DocumentCreatePayload {
                document: None,
                version: None,
                user_errors: vec![error],
                event_cursor: None,
            },
        })
    }

    /// Adds a version to a document; the active one stays live until another is activated. Needs an admin.
    async fn document_version_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document and its new text.")] input: DocumentVersionAddInput,
    ) -> Result<DocumentVersionAddPayload> {
        let operation = operation(ctx);
        let id: DocumentId = operation.id(&input.document_id)?;
        let new = NewVersion { language: input.language, text: input.text };
        let done = operation.settle(document::add_version(env(ctx), &operation.actor, id, &new).await)?;
        let (version, done) = match done {
            Ok((version, committed)) => (Some(operation.named(version).await?.into()), Ok(committed)),
            Err(error) => (None, Err(error)),
        };
        let (event_cursor, user_errors) = cursor::and_errors(done);
        let document = operation.named(id).await?.into();
        Ok(DocumentVersionAddPayload { document, version, user_errors, event_cursor })
    }

    /// Makes a version the one that the bots of all widgets answer from, at once. Needs an admin.
    async fn document_version_activate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version.")] input: DocumentVersionActivateInput,
    ) -> Result<DocumentVersionActivatePayload> {
        let operation = operation(ctx);
        let id: DocumentVersionId = operation.id(&input.document_version_id)?;
        let done = document::activate(env(ctx), &operation.actor, id).await.map(|(_, committed)| committed);
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let version = operation.named(id).await?;
        let document = operation.named(DocumentId(version.document_id)).await?.into();
        Ok(DocumentVersionActivatePayload { document, version: version.into(), user_errors, event_cursor })
    }
}

//! Keeping the list of tags, and putting them on conversations.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::id::{ConversationId, TagId};
use domain::tag;

use super::Tag;
use crate::graphql::conversation::Conversation;
use crate::graphql::cursor::{self, Cursor};
use crate::graphql::operation::{env, operation};
use crate::graphql::user_error::user_errors;

user_errors! {
    /// Why a change of tags was refused.
    TagUserError;
    /// Why a change of tags was refused, for programs.
    TagErrorCode {
        /// There is a tag with this name already, whatever the case of its letters.
        NameTaken,
    }
}

/// A tag to make.
#[derive(InputObject)]
pub struct TagCreateInput {
    /// What it is called: one line of 1 to 50 characters.
    name: String,
}

/// Another name for a tag.
#[derive(InputObject)]
pub struct TagRenameInput {
    /// The tag.
    tag_id: ID,
    /// What it is called: one line of 1 to 50 characters.
    name: String,
}

/// Which tag to delete.
#[derive(InputObject)]
pub struct TagDeleteInput {
    /// The tag.
    tag_id: ID,
}

/// Tags to put on a conversation and to take off.
#[derive(InputObject)]
pub struct ConversationTagInput {
    /// The conversation.
    conversation_id: ID,
    /// Tags to put on; those that it has stay. A conversation has at most 50.
    #[graphql(default)]
    add: Vec<ID>,
    /// Tags to take off; those that it does not have are passed over.
    #[graphql(default)]
    remove: Vec<ID>,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty)? })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* $field: $type,)?
            /// Why it was refused; empty if it was done.
            user_errors: Vec<TagUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What making a tag answers.
    TagCreatePayload {
        /// The tag; null if it was refused.
        tag: Option<Tag>
    }

    /// What renaming a tag answers.
    TagRenamePayload {
        /// The tag as it is now.
        tag: Tag
    }

    /// What deleting a tag answers.
    TagDeletePayload {
        /// The id of the tag that is gone.
        deleted_tag_id: ID
    }

    /// What tagging a conversation answers.
    ConversationTagPayload {
        /// The conversation as it is now.
        conversation: Conversation
    }
}

/// Changes of tags.
#[derive(Default)]
pub struct TagMutation;

#[Object]
impl TagMutation {
    /// Adds a tag to the workspace's list. Needs an admin.
    async fn tag_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is called.")] input: TagCreateInput,
    ) -> Result<TagCreatePayload> {
        let operation = operation(ctx);
        Ok(match operation.settle(tag::create(env(ctx), &operation.actor, &input.name).await)? {
            Ok((id, committed)) => TagCreatePayload {
                tag: Some(operation.named(id).await?.into()),
                user_errors: Vec::new(),
                event_cursor: cursor::of(&committed),
            },
            Err(error) => TagCreatePayload { tag: None, user_errors: vec![error], event_cursor: None },
        })
    }

    /// Gives a tag another name; conversations keep it. Needs an admin.
    async fn tag_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag, and its name.")] input: TagRenameInput,
    ) -> Result<TagRenamePayload> {
        let operation = operation(ctx);
        let id: TagId = operation.id(&input.tag_id)?;
        let done = tag::rename(env(ctx), &operation.actor, id, &input.name).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(TagRenamePayload { tag: operation.named(id).await?.into(), user_errors, event_cursor })
    }

    /// Puts tags on a conversation and takes others off, all or none; allowed in every status.
    async fn conversation_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and the tags.")] input: ConversationTagInput,
    ) -> Result<ConversationTagPayload> {
        let operation = operation(ctx);
        let id: ConversationId = operation.id(&input.conversation_id)?;
        let ids = |ids: &[ID]| ids.iter().map(|id| operation.id(id)).collect::<Result<Vec<TagId>>>();
        let (add, remove) = (ids(&input.add)?, ids(&input.remove)?);
        let done = tag::put(env(ctx), &operation.actor, id, &add, &remove).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        let conversation = operation.named(id).await?.into();
        Ok(ConversationTagPayload { conversation, user_errors, event_cursor })
    }

    /// Deletes a tag, also from the conversations that have it. Needs an admin.
    async fn tag_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag.")] input: TagDeleteInput,
    ) -> Result<TagDeletePayload> {
        let operation = operation(ctx);
        let id: TagId = operation.id(&input.tag_id)?;
        let done = tag::delete(env(ctx), &operation.actor, id).await;
        let (event_cursor, user_errors) = cursor::and_errors(operation.settle(done)?);
        Ok(TagDeletePayload { deleted_tag_id: id.into(), user_errors, event_cursor })
    }
}

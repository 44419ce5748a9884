//! Batched reads, one per relation: many keys, one statement.
//!
//! Each only wraps the read that `domain` offers for it.

mod figures;

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use domain::conversation::timeline::{self, Place};
use domain::id::{
    ApiTokenId, ChannelId, ContactId, ConversationId, DeliveryId, DocumentId, DocumentVersionId, ElementId,
    FeedbackId, HumanWaitId, MemberId, MessageId, NoteId, PassageId, RunId, SessionId, TagId, TicketId,
    TurnId, WidgetId, WorkflowId, WorkflowVersionId,
};
use domain::page::Page;
use domain::{
    Scope, Time, channel, contact, conversation, delivery, document, feedback, health, human_wait, knowledge,
    ledger, message, note, row, session, tag, token, training, turn, widget, workflow, workspace,
};
use uuid::Uuid;

use super::error::Shared;
pub(crate) use figures::{LiveOf, RecentOf, UniqueOf};

/// Reads of one workspace.
pub(crate) struct Reads(pub Scope);

macro_rules! by_id {
    ($($id:ident => $row:ident, $load:path;)*) => {$(
        impl Loader<$id> for Reads {
            type Value = row::$row;
            type Error = Shared;

            async fn load(&self, ids: &[$id]) -> Result<HashMap<$id, row::$row>, Shared> {
                let rows = $load(&self.0, ids).await?;
                Ok(rows.into_iter().map(|row| ($id(row.id), row)).collect())
            }
        }
    )*};
}

by_id! {
    MemberId => Member, workspace::members;
    ApiTokenId => ApiToken, token::load;
    ChannelId => Channel, channel::load;
    WidgetId => Widget, widget::load;
    ContactId => Contact, contact::load;
    ConversationId => Conversation, conversation::load;
    SessionId => Session, session::load;
    HumanWaitId => HumanWait, human_wait::load;
    MessageId => Message, message::load;
    DeliveryId => Delivery, delivery::load;
    TurnId => Turn, turn::load;
    NoteId => Note, note::load;
    FeedbackId => Feedback, feedback::load;
    TicketId => TrainingTicket, training::load;
    TagId => Tag, tag::load;
    DocumentId => Document, document::load;
    DocumentVersionId => DocumentVersion, document::load_versions;
    PassageId => Passage, knowledge::load;
    WorkflowId => Workflow, workflow::find::load;
    WorkflowVersionId => WorkflowVersion, workflow::find::load_versions;
    RunId => WorkflowRun, workflow::live::load;
    ElementId => InboundElement, ledger::quarantine::load;
}

/// Something that a parent has one or a few of.
macro_rules! of_parent {
    ($($(#[$doc:meta])* $name:ident($parent:ident) => $row:ident by $column:ident, $load:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) struct $name(pub $parent);

        impl Loader<$name> for Reads {
            type Value = Vec<row::$row>;
            type Error = Shared;

            async fn load(&self, keys: &[$name]) -> Result<HashMap<$name, Vec<row::$row>>, Shared> {
                let parents: Vec<$parent> = keys.iter().map(|key| key.0).collect();
                let mut found: HashMap<$name, Vec<row::$row>> = HashMap::new();
                for row in $load(&self.0, &parents).await? {
                    found.entry($name($parent(row.$column))).or_default().push(row);
                }
                Ok(found)
            }
        }
    )*};
}

of_parent! {
    /// How a contact is known.
    IdentitiesOf(ContactId) => ContactIdentity by contact_id, contact::identities;
    /// The sending of a message.
    DeliveryOf(MessageId) => Delivery by message_id, delivery::of;
    /// The reactions, edits and deletes of a message.
    ChangesOf(MessageId) => MessageChange by message_id, message::change::of;
    /// What a message leans on.
    CitationsOf(MessageId) => Citation by message_id, document::citations;
    /// What members think of a message.
    FeedbackOf(MessageId) => Feedback by message_id, feedback::of;
    /// The documents of a training ticket.
    DocumentsTaught(TicketId) => TrainingDocument by ticket_id, training::documents;
    /// The stretches in a session in which a person was responsible, oldest first.
    WaitsIn(SessionId) => HumanWait by session_id, human_wait::of_sessions;
}

/// A page of something that a parent may have many of.
macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident($parent:ident, $key:ty) => $row:ident by $column:ident, $load:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub(crate) struct $name(pub $parent, pub Page<$key>);

        impl Loader<$name> for Reads {
            type Value = Vec<row::$row>;
            type Error = Shared;

            async fn load(&self, keys: &[$name]) -> Result<HashMap<$name, Vec<row::$row>>, Shared> {
                let mut found: HashMap<$name, Vec<row::$row>> = HashMap::new();
                for (page, parents) in alike(keys.iter().map(|key| (key.0, &key.1))) {
                    for row in $load(&self.0, &parents, page).await? {
                        found.entry($name($parent(row.$column), page.clone())).or_default().push(row);
                    }
                }
                Ok(found)
            }
        }
    )*};
}

pages! {
    /// Widgets of a channel.
    WidgetsOf(ChannelId, Uuid) => Widget by channel_id, widget::pages;
    /// Conversations of a contact.
    ConversationsOf(ContactId, (Time, Uuid)) => Conversation by contact_id, conversation::of_contacts;
    /// Sessions of a conversation.
    SessionsOf(ConversationId, i64) => Session by conversation_id, session::pages;
    /// Waits of a conversation.
    HumanWaitsOf(ConversationId, (Time, Uuid)) => HumanWait by conversation_id, human_wait::pages;
    /// Messages of a conversation.
    MessagesOf(ConversationId, i64) => Message by conversation_id, message::pages;
    /// Changes of a message.
    ChangePageOf(MessageId, (Time, Uuid)) => MessageChange by message_id, message::change::pages;
    /// Versions of a document.
    VersionsOf(DocumentId, i64) => DocumentVersion by document_id, document::versions;
    /// Versions of a workflow.
    WorkflowVersionsOf(WorkflowId, i64) => WorkflowVersion by workflow_id, workflow::find::versions;
    /// What a run did.
    WorkflowEntriesOf(RunId, i64) => WorkflowEntry by run_id, workflow::live::entries;
    /// Passages of a version.
    PassagesOf(DocumentVersionId, i64) => Passage by document_version_id, document::passages;
}

/// The same field of many parents asks for the same page of each.
fn alike<'a, P, K: Eq + Hash>(keys: impl Iterator<Item = (P, &'a Page<K>)>) -> HashMap<&'a Page<K>, Vec<P>> {
    let mut pages: HashMap<&Page<K>, Vec<P>> = HashMap::new();
    for (parent, page) in keys {
        pages.entry(page).or_default().push(parent);
    }
    pages
}

/// A page of a conversation's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TimelineOf(pub ConversationId, pub Page<Place>);

impl Loader<TimelineOf> for Reads {
    type Value = Vec<(Place, timeline::Entry)>;
    type Error = Shared;

    async fn load(&self, keys: &[TimelineOf]) -> Result<HashMap<TimelineOf, Self::Value>, Shared> {
        let mut found = HashMap::new();
        for (page, parents) in alike(keys.iter().map(|key| (key.0, &key.1))) {
            for (parent, entries) in timeline::timeline(&self.0, &parents, page).await? {
                found.insert(TimelineOf(parent, page.clone()), entries);
            }
        }
        Ok(found)
    }
}

/// The message with an id of Meta's on a widget.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Quoted(pub WidgetId, pub String);

impl Loader<Quoted> for Reads {
    type Value = row::Message;
    type Error = Shared;

    async fn load(&self, keys: &[Quoted]) -> Result<HashMap<Quoted, row::Message>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| (key.0, key.1.clone())).collect();
        let rows = message::by_provider_id(&self.0, &ids).await?;
        let named = |row: row::Message| {
            let key = Quoted(WidgetId(row.widget_id), row.provider_id.clone()?);
            Some((key, row))
        };
        Ok(rows.into_iter().filter_map(named).collect())
    }
}

/// How many messages a session has; none is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MessagesIn(pub SessionId);

impl Loader<MessagesIn> for Reads {
    type Value = session::Messages;
    type Error = Shared;

    async fn load(&self, keys: &[MessagesIn]) -> Result<HashMap<MessagesIn, session::Messages>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = session::messages(&self.0, &ids).await?;
        Ok(found.into_iter().map(|(id, messages)| (MessagesIn(id), messages)).collect())
    }
}

/// The tags of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TagsOf(pub ConversationId);

impl Loader<TagsOf> for Reads {
    type Value = Vec<row::Tag>;
    type Error = Shared;

    async fn load(&self, keys: &[TagsOf]) -> Result<HashMap<TagsOf, Vec<row::Tag>>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<TagsOf, Vec<row::Tag>> = HashMap::new();
        for (id, tag) in tag::of(&self.0, &ids).await? {
            found.entry(TagsOf(id)).or_default().push(tag);
        }
        Ok(found)
    }
}

/// The version of a workflow with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WorkflowNumber(pub WorkflowId, pub i64);

impl Loader<WorkflowNumber> for Reads {
    type Value = row::WorkflowVersion;
    type Error = Shared;

    async fn load(
        &self,
        keys: &[WorkflowNumber],
    ) -> Result<HashMap<WorkflowNumber, row::WorkflowVersion>, Shared> {
        let wanted: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        let rows = workflow::find::numbered(&self.0, &wanted).await?;
        let named =
            |row: row::WorkflowVersion| (WorkflowNumber(WorkflowId(row.workflow_id), row.number), row);
        Ok(rows.into_iter().map(named).collect())
    }
}

/// What keeps the draft of a workflow from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ProblemsOf(pub WorkflowId);

impl Loader<ProblemsOf> for Reads {
    type Value = Vec<workflow::Problem>;
    type Error = Shared;

    async fn load(&self, keys: &[ProblemsOf]) -> Result<HashMap<ProblemsOf, Self::Value>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = workflow::find::problems(&self.0, &ids).await?;
        Ok(found.into_iter().map(|(id, problems)| (ProblemsOf(id), problems)).collect())
    }
}

/// How a widget's number is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct HealthOf(pub WidgetId);

impl Loader<HealthOf> for Reads {
    type Value = health::Health;
    type Error = Shared;

    async fn load(&self, keys: &[HealthOf]) -> Result<HashMap<HealthOf, health::Health>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = health::of(&self.0, &ids).await?;
        Ok(found.into_iter().map(|(id, health)| (HealthOf(id), health)).collect())
    }
}

/// Which documents the workspace still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MissingDocuments;

impl Loader<MissingDocuments> for Reads {
    type Value = Vec<document::Kind>;
    type Error = Shared;

    async fn load(&self, _: &[MissingDocuments]) -> Result<HashMap<MissingDocuments, Self::Value>, Shared> {
        Ok(HashMap::from([(MissingDocuments, document::missing(&self.0).await?)]))
    }
}

/// What the customer wrote that a turn answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct QuestionOf(pub TurnId);

impl Loader<QuestionOf> for Reads {
    type Value = String;
    type Error = Shared;

    async fn load(&self, keys: &[QuestionOf]) -> Result<HashMap<QuestionOf, String>, Shared> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = turn::questions(&self.0, &ids).await?;
        Ok(found.into_iter().map(|(id, question)| (QuestionOf(id), question)).collect())
    }
}

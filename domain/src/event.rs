//! What happened: the one vocabulary behind subscriptions, webhooks, rollups and workflow triggers.
//!
//! An event carries ids and the small facts of the change, never an object's whole state. The stored
//! form is additive only.

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::conversation::{CloseReason, Handler, Status, WaitReason};
use crate::delivery::State;
use crate::feedback::Rating;
use crate::health;
use crate::id::{
    ChannelId, ContactId, ConversationId, DeliveryId, DocumentId, DocumentVersionId, MemberId, MessageId,
    NoteId, RunId, SessionId, TagId, TicketId, TurnId, WidgetId, WorkflowId,
};
use crate::message::{AuthorKind, change};
use crate::training;
use crate::workflow::live::Status as RunStatus;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// The customer wrote.
    MessageReceived {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        number: i64,
        out_of_session: bool,
    },
    /// The bot, a member or somebody in the phone app wrote.
    MessageAdded {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        number: i64,
        author: AuthorKind,
    },
    /// Somebody reacted to a message, edited it or took it back.
    MessageChanged {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        number: i64,
        change: change::Kind,
        author: AuthorKind,
    },
    /// The content of a message came after its placeholder, with the same number.
    MessageContentReplaced { widget: WidgetId, conversation: ConversationId, message: MessageId, number: i64 },
    /// A row proved to be the same message as another one and is hidden behind it.
    MessageDuplicateFound {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        duplicate_of: MessageId,
    },
    /// The sending of a message went on.
    DeliveryChanged {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        delivery: DeliveryId,
        from: State,
        to: State,
        attempt: i64,
        automatic: bool,
    },
    /// A conversation began.
    ConversationCreated { widget: WidgetId, conversation: ConversationId, contact: ContactId },
    /// The derived status changed.
    ConversationStatusChanged { widget: WidgetId, conversation: ConversationId, from: Status, to: Status },
    /// Somebody else is responsible now.
    ConversationHandlerChanged {
        widget: WidgetId,
        conversation: ConversationId,
        from: Handler,
        to: Handler,
        epoch: i64,
        reason: Option<WaitReason>,
    },
    /// The thread went out of sight until a time, or came back (none).
    ConversationSnoozed { widget: WidgetId, conversation: ConversationId, until: Option<Time> },
    /// The pin was set or taken off.
    ConversationPinned { widget: WidgetId, conversation: ConversationId, pinned: bool },
    /// A service period began.
    SessionOpened { widget: WidgetId, conversation: ConversationId, session: SessionId, number: i64 },
    /// A service period ended.
    SessionClosed {
        widget: WidgetId,
        conversation: ConversationId,
        session: SessionId,
        reason: CloseReason,
        at: Time,
    },
    /// The bot began, ended or gave up an answer.
    TurnChanged { widget: WidgetId, conversation: ConversationId, turn: TurnId, to: crate::turn::State },
    /// A customer was seen for the first time.
    ContactCreated { contact: ContactId },
    /// A payload named two known contacts. A message went to the one that its BSUID names; a notice of a new
    /// name, which the other one has, changed nothing.
    ContactConflict { contact: ContactId, other: ContactId },
    /// Somebody new has a known contact's phone number, and Meta told of no change. The contact is made and has
    /// the number now; whether they are one person is for people to say.
    ContactMergeSuggested { contact: ContactId, other: ContactId },
    /// A member named a contact, or Meta told another name or user name.
    ContactRenamed { contact: ContactId },
    /// Meta says that the same person has something else now.
    ContactIdentityChanged { contact: ContactId, change: ContactIdentityChange },
    /// A channel was made, switched on or off.
    ChannelChanged { channel: ChannelId, enabled: bool },
    /// A widget was made, or its state or settings changed.
    WidgetChanged { widget: WidgetId, active: bool, bot_on: bool },
    /// A widget's number is doing otherwise at Meta (`from` differs from `to`), or its subscription to webhooks
    /// went or came.
    WidgetHealthChanged { widget: WidgetId, from: health::State, to: health::State, subscribed: Option<bool> },
    /// Meta told something about a number, its account or its templates.
    WidgetNoticed { widget: WidgetId, field: String, event: Option<String>, detail: Option<String> },
    /// A customer did something beside writing.
    ContactNoticed {
        widget: WidgetId,
        contact: Option<ContactId>,
        notice: ContactNotice,
        detail: Option<String>,
    },
    /// The workspace's name, clock, language or hours changed.
    WorkspaceChanged {},
    /// A member wrote a note for colleagues, edited or deleted one.
    NoteChanged { widget: WidgetId, conversation: ConversationId, note: NoteId, change: NoteChange },
    /// A member rated an answer, or took the rating back (none).
    MessageRated {
        widget: WidgetId,
        conversation: ConversationId,
        message: MessageId,
        member: MemberId,
        rating: Option<Rating>,
    },
    /// A training ticket was made or edited, went on, or is gone (none).
    TrainingTicketChanged { ticket: TicketId, to: Option<training::State> },
    /// The workspace's list of tags changed.
    TagChanged { tag: TagId, change: TagChange },
    /// A workflow was made, edited, published or deleted.
    WorkflowChanged { workflow: WorkflowId, change: WorkflowChange },
    /// A run of a workflow began, was interrupted, goes on or is over.
    WorkflowRunChanged {
        widget: WidgetId,
        conversation: ConversationId,
        workflow: WorkflowId,
        run: RunId,
        to: RunStatus,
    },
    /// A tag was put on a conversation or taken off.
    ConversationTagged { widget: WidgetId, conversation: ConversationId, tag: TagId, added: bool },
    /// A document got a new active version.
    DocumentActivated { document: DocumentId, version: DocumentVersionId },
}

/// What a person has another of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactIdentityChange {
    /// The phone number.
    Phone,
    /// The business-scoped user id.
    Bsuid,
    /// The security code: a new phone or a new installation, perhaps another person.
    SecurityCode,
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoteChange {
    /// It was written.
    Created,
    /// It says something else.
    Edited,
    /// Its text is gone.
    Deleted,
}

/// What became of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TagChange {
    /// It is new.
    Created,
    /// It has another name.
    Renamed,
    /// It is gone, from every conversation too.
    Deleted,
}

/// What became of a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WorkflowChange {
    /// It is new.
    Created,
    /// Its name or its draft changed.
    Edited,
    /// Its draft is the published version.
    Published,
    /// An earlier version is the published one again.
    RolledBack,
    /// It is gone.
    Deleted,
}

/// What a customer does beside writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactNotice {
    /// Opened the chat for the first time.
    WelcomeRequested,
    /// Allowed or refused calls.
    CallPermission,
    /// A call rang, was answered or ended.
    Call,
    /// Wants marketing messages, or no more of them.
    MarketingPreference,
}

impl Event {
    /// The name of the kind, as stored and as filtered by.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MessageReceived { .. } => "MESSAGE_RECEIVED",
            Self::MessageAdded { .. } => "MESSAGE_ADDED",
            Self::MessageChanged { .. } => "MESSAGE_CHANGED",
            Self::MessageContentReplaced { .. } => "MESSAGE_CONTENT_REPLACED",
            Self::MessageDuplicateFound { .. } => "MESSAGE_DUPLICATE_FOUND",
            Self::DeliveryChanged { .. } => "DELIVERY_CHANGED",
            Self::ConversationCreated { .. } => "CONVERSATION_CREATED",
            Self::ConversationStatusChanged { .. } => "CONVERSATION_STATUS_CHANGED",
            Self::ConversationHandlerChanged { .. } => "CONVERSATION_HANDLER_CHANGED",
            Self::ConversationSnoozed { .. } => "CONVERSATION_SNOOZED",
            Self::ConversationPinned { .. } => "CONVERSATION_PINNED",
            Self::SessionOpened { .. } => "SESSION_OPENED",
            Self::SessionClosed { .. } => "SESSION_CLOSED",
            Self::TurnChanged { .. } => "TURN_CHANGED",
            Self::ContactCreated { .. } => "CONTACT_CREATED",
            Self::ContactConflict { .. } => "CONTACT_CONFLICT",
            Self::ContactMergeSuggested { .. } => "CONTACT_MERGE_SUGGESTED",
            Self::ContactRenamed { .. } => "CONTACT_RENAMED",
            Self::ContactIdentityChanged { .. } => "CONTACT_IDENTITY_CHANGED",
            Self::ChannelChanged { .. } => "CHANNEL_CHANGED",
            Self::WidgetChanged { .. } => "WIDGET_CHANGED",
            Self::WidgetHealthChanged { .. } => "WIDGET_HEALTH_CHANGED",
            Self::WidgetNoticed { .. } => "WIDGET_NOTICED",
            Self::ContactNoticed { .. } => "CONTACT_NOTICED",
            Self::WorkspaceChanged {} => "WORKSPACE_CHANGED",
            Self::NoteChanged { .. } => "NOTE_CHANGED",
            Self::MessageRated { .. } => "MESSAGE_RATED",
            Self::TrainingTicketChanged { .. } => "TRAINING_TICKET_CHANGED",
            Self::TagChanged { .. } => "TAG_CHANGED",
            Self::WorkflowChanged { .. } => "WORKFLOW_CHANGED",
            Self::WorkflowRunChanged { .. } => "WORKFLOW_RUN_CHANGED",
            Self::ConversationTagged { .. } => "CONVERSATION_TAGGED",
            Self::DocumentActivated { .. } => "DOCUMENT_ACTIVATED",
        }
    }

    /// The conversation that it belongs to, if any.
    #[must_use]
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::MessageReceived { conversation, .. }
            | Self::MessageAdded { conversation, .. }
            | Self::MessageChanged { conversation, .. }
            | Self::MessageContentReplaced { conversation, .. }
            | Self::MessageDuplicateFound { conversation, .. }
            | Self::DeliveryChanged { conversation, .. }
            | Self::ConversationCreated { conversation, .. }
            | Self::ConversationStatusChanged { conversation, .. }
            | Self::ConversationHandlerChanged { conversation, .. }
            | Self::ConversationSnoozed { conversation, .. }
            | Self::ConversationPinned { conversation, .. }
            | Self::SessionOpened { conversation, .. }
            | Self::SessionClosed { conversation, .. }
            | Self::TurnChanged { conversation, .. }
            | Self::NoteChanged { conversation, .. }
            | Self::MessageRated { conversation, .. }
            | Self::WorkflowRunChanged { conversation, .. }
            | Self::ConversationTagged { conversation, .. } => Some(*conversation),
            Self::ContactCreated { .. }
            | Self::ContactConflict { .. }
            | Self::ContactMergeSuggested { .. }
            | Self::ContactRenamed { .. }
            | Self::ContactIdentityChanged { .. }
            | Self::ChannelChanged { .. }
            | Self::WidgetChanged { .. }
            | Self::WidgetHealthChanged { .. }
            | Self::WidgetNoticed { .. }
            | Self::ContactNoticed { .. }
            | Self::WorkspaceChanged {}
            | Self::TagChanged { .. }
            | Self::TrainingTicketChanged { .. }
            | Self::WorkflowChanged { .. }
            | Self::DocumentActivated { .. } => None,
        }
    }

    /// The widget that it belongs to, if any.
    #[must_use]
    pub fn widget(&self) -> Option<WidgetId> {
        match self {
            Self::MessageReceived { widget, .. }
            | Self::MessageAdded { widget, .. }
            | Self::MessageChanged { widget, .. }
            | Self::MessageContentReplaced { widget, .. }
            | Self::MessageDuplicateFound { widget, .. }
            | Self::DeliveryChanged { widget, .. }
            | Self::ConversationCreated { widget, .. }
            | Self::ConversationStatusChanged { widget, .. }
            | Self::ConversationHandlerChanged { widget, .. }
            | Self::ConversationSnoozed { widget, .. }
            | Self::ConversationPinned { widget, .. }
            | Self::SessionOpened { widget, .. }
            | Self::SessionClosed { widget, .. }
            | Self::TurnChanged { widget, .. }
            | Self::WidgetChanged { widget, .. }
            | Self::WidgetHealthChanged { widget, .. }
            | Self::WidgetNoticed { widget, .. }
            | Self::ContactNoticed { widget, .. }
            | Self::NoteChanged { widget, .. }
            | Self::MessageRated { widget, .. }
            | Self::WorkflowRunChanged { widget, .. }
            | Self::ConversationTagged { widget, .. } => Some(*widget),
            Self::ContactCreated { .. }
            | Self::ContactConflict { .. }
            | Self::ContactMergeSuggested { .. }
            | Self::ContactRenamed { .. }
            | Self::ContactIdentityChanged { .. }
            | Self::ChannelChanged { .. }
            | Self::WorkspaceChanged {}
            | Self::TagChanged { .. }
            | Self::TrainingTicketChanged { .. }
            | Self::WorkflowChanged { .. }
            | Self::DocumentActivated { .. } => None,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an event has only string keys and finite numbers")
    }

    pub(crate) fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

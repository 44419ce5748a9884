//! Which events a subscriber wants.

use async_graphql::{Enum, ID, InputObject, Result, Value};
use domain::feed::Filter;
use domain::id::{ConversationId, WidgetId};
use futures_util::future::try_join_all;

use crate::graphql::error::bad_input;
use crate::graphql::operation::Operation;

/// Ids or kinds that a filter may name.
const MOST: usize = 100;

/// Which events to send. A field that is left out or empty wants everything; several fields must all agree.
#[derive(InputObject, Default)]
pub struct EventFilter {
    /// Only events of these conversations: at most 100.
    conversation_ids: Option<Vec<ID>>,
    /// Only events of these widgets: at most 100.
    widget_ids: Option<Vec<ID>>,
    /// Only these kinds.
    kinds: Option<Vec<EventKind>>,
}

/// The kinds of events, one for each type of `Event`.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// The customer wrote.
    MessageReceived,
    /// The bot, a member or somebody in the WhatsApp Business app wrote.
    MessageAdded,
    /// Somebody reacted to a message, edited it or took it back.
    MessageChanged,
    /// A message got the content that was only announced before.
    MessageContentReplaced,
    /// A row proved to be the same message as another one.
    MessageDuplicateFound,
    /// The sending of a message went on.
    DeliveryChanged,
    /// A conversation began.
    ConversationCreated,
    /// A conversation's status changed.
    ConversationStatusChanged,
    /// Somebody else answers the customer.
    ConversationHandlerChanged,
    /// A conversation went out of sight, or came back.
    ConversationSnoozed,
    /// A conversation was pinned or let go.
    ConversationPinned,
    /// A session opened.
    SessionOpened,
    /// A session closed.
    SessionClosed,
    /// The bot began, ended or gave up an answer.
    TurnChanged,
    /// A customer was seen for the first time.
    ContactCreated,
    /// A webhook named two known contacts.
    ContactConflict,
    /// Somebody new has a known contact's phone number.
    ContactMergeSuggested,
    /// A contact has another name.
    ContactRenamed,
    /// A customer has another user id, phone number or security code.
    ContactIdentityChanged,
    /// A channel was made, switched on or off.
    ChannelChanged,
    /// A widget was made, or its state or settings changed.
    WidgetChanged,
    /// A number's health, or its subscription to webhooks, changed.
    WidgetHealthChanged,
    /// Meta told something about a number, its account or its message templates.
    WidgetNoticed,
    /// A customer did something beside writing.
    ContactNoticed,
    /// The workspace's name, clock, language or business hours changed.
    WorkspaceChanged,
    /// A member wrote a note for colleagues, edited or deleted one.
    NoteChanged,
    /// A member rated an answer, or took the rating back.
    MessageRated,
    /// A training ticket was made or edited, went on, or is gone.
    TrainingTicketChanged,
    /// The workspace's list of tags changed.
    TagChanged,
    /// A workflow was made, edited, published or deleted.
    WorkflowChanged,
    /// A run of a workflow began, was interrupted, goes on or is over.
    WorkflowRunChanged,
    /// A tag was put on a conversation or taken off.
    ConversationTagged,
    /// A document got a new active version.
    DocumentActivated,
}

/// The name of a kind in the feed: the same as here.
pub(crate) fn kind_name(kind: EventKind) -> String {
    match Value::from(kind) {
        Value::Enum(name) => name.to_string(),
        other => other.to_string(),
    }
}

impl EventFilter {
    /// Checks that everything named exists in this workspace.
    pub async fn check(self, operation: &Operation) -> Result<Filter> {
        let kinds = self.kinds.unwrap_or_default().into_iter().map(kind_name).collect();
        let conversations = parse::<ConversationId>(operation, self.conversation_ids)?;
        let widgets = parse::<WidgetId>(operation, self.widget_ids)?;
        try_join_all(conversations.iter().map(|id| operation.named(*id))).await?;
        try_join_all(widgets.iter().map(|id| operation.named(*id))).await?;
        Ok(Filter { conversations, widgets, kinds })
    }
}

fn parse<K: std::str::FromStr>(operation: &Operation, ids: Option<Vec<ID>>) -> Result<Vec<K>> {
    let ids = ids.unwrap_or_default();
    if ids.len() > MOST {
        return Err(bad_input(format!("a filter names at most {MOST} ids")));
    }
    ids.iter().map(|id| operation.id(id)).collect()
}

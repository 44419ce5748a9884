//! The set-up of the workspace changed.

use async_graphql::{Enum, ID};
use domain::health::State;
use domain::id::{ChannelId, DocumentId, DocumentVersionId, TagId, TicketId, WidgetId, WorkflowId};

use super::in_workspace;
use crate::graphql::link::Glance;
use crate::graphql::training::TrainingTicketState;
use crate::graphql::widget::WidgetHealthState;

in_workspace! {
    /// A channel was made, switched on or off.
    ChannelChanged(channel: ChannelId, enabled: bool) {
        /// The id of the channel.
        channel_id: ID = channel.into(),
        /// The channel as it is now; null if it is gone.
        channel: Glance<ChannelId> = Glance(channel),
        /// Whether it was on then.
        enabled: bool = enabled,
    }
}

in_workspace! {
    /// A widget was made, or its state or settings changed.
    WidgetChanged(widget: WidgetId, active: bool, bot_on: bool) {
        /// The id of the widget.
        widget_id: ID = widget.into(),
        /// The widget as it is now; null if it is gone.
        widget: Glance<WidgetId> = Glance(widget),
        /// Whether it was active then.
        active: bool = active,
        /// Whether its bot was on then.
        bot_on: bool = bot_on,
    }
}

in_workspace! {
    /// A widget's number is doing otherwise at Meta, or its subscription to webhooks went or came.
    WidgetHealthChanged(widget: WidgetId, from: State, to: State, subscribed: Option<bool>) {
        /// The id of the widget.
        widget_id: ID = widget.into(),
        /// The widget as it is now; null if it is gone.
        widget: Glance<WidgetId> = Glance(widget),
        /// How it was doing.
        from: WidgetHealthState = from.into(),
        /// How it is doing; the same as before if only the subscription changed.
        to: WidgetHealthState = to.into(),
        /// Whether Meta sent its webhooks then; null if that was not known.
        subscribed: Option<bool> = subscribed,
    }
}

in_workspace! {
    /// Meta told something about a number, its account or its message templates.
    WidgetNoticed(widget: WidgetId, field: String, event: Option<String>, detail: Option<String>) {
        /// The id of the widget; of one of them, if it is about the account.
        widget_id: ID = widget.into(),
        /// The widget as it is now; null if it is gone.
        widget: Glance<WidgetId> = Glance(widget),
        /// Meta's webhook field, such as `account_update` or `message_template_status_update`.
        field: String = field,
        /// What happened, in Meta's word; null if it has none.
        event: Option<String> = event,
        /// What it is about, for people; null if Meta tells no more.
        detail: Option<String> = detail,
    }
}

in_workspace! {
    /// A document got a new active version.
    DocumentActivated(document: DocumentId, version: DocumentVersionId) {
        /// The id of the document.
        document_id: ID = document.into(),
        /// The document as it is now; null if it is gone.
        document: Glance<DocumentId> = Glance(document),
        /// The id of the version.
        document_version_id: ID = version.into(),
        /// The version as it is now; null if it is gone.
        document_version: Glance<DocumentVersionId> = Glance(version),
    }
}

in_workspace! {
    /// The workspace's name, clock, language or business hours changed.
    WorkspaceChanged() {}
}

in_workspace! {
    /// The workspace's list of tags changed.
    TagChanged(tag: TagId, change: domain::event::TagChange) {
        /// The id of the tag.
        tag_id: ID = tag.into(),
        /// The tag as it is now; null if it is gone.
        tag: Glance<TagId> = Glance(tag),
        /// What became of it.
        change: TagChange = change.into(),
    }
}

/// What became of a tag.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::event::TagChange")]
pub enum TagChange {
    /// It is new.
    Created,
    /// It has another name.
    Renamed,
    /// It is gone, from every conversation too.
    Deleted,
}

in_workspace! {
    /// A workflow was made, edited, published or deleted.
    WorkflowChanged(workflow: WorkflowId, change: domain::event::WorkflowChange) {
        /// The id of the workflow.
        workflow_id: ID = workflow.into(),
        /// The workflow as it is now; null if it is gone.
        workflow: Glance<WorkflowId> = Glance(workflow),
        /// What became of it.
        change: WorkflowChange = change.into(),
    }
}

/// What became of a workflow.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::event::WorkflowChange")]
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

in_workspace! {
    /// A training ticket was made or edited, went on, or is gone.
    TrainingTicketChanged(ticket: TicketId, to: Option<domain::training::State>) {
        /// The id of the ticket.
        ticket_id: ID = ticket.into(),
        /// The ticket as it is now; null if it is gone.
        ticket: Glance<TicketId> = Glance(ticket),
        /// How far it was then; null if it was deleted.
        to: Option<TrainingTicketState> = to.map(TrainingTicketState::from),
    }
}

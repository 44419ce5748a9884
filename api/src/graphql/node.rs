//! Any object by its id.

use async_graphql::{Context, ID, Interface, Object, Result};
use domain::id::{
    self, ChannelId, ContactId, ConversationId, DeliveryId, DocumentId, DocumentVersionId, ElementId,
    FeedbackId, HumanWaitId, MemberId, MessageId, NoteId, PassageId, RunId, SessionId, TagId, TicketId,
    TurnId, WidgetId, WorkflowId, WorkflowVersionId, WorkspaceId,
};
use domain::workspace;
use futures_util::future::join_all;

use super::channel::Channel;
use super::contact::Contact;
use super::conversation::Conversation;
use super::delivery::Delivery;
use super::document::{Document, DocumentVersion, Passage};
use super::error::{bad_input, not_found};
use super::feedback::Feedback;
use super::human_wait::HumanWait;
use super::message::Message;
use super::note::Note;
use super::operation::{Operation, operation};
use super::quarantined_element::QuarantinedElement;
use super::session::Session;
use super::tag::Tag;
use super::training::TrainingTicket;
use super::turn::Turn;
use super::widget::Widget;
use super::workflow::{Workflow, WorkflowRun, WorkflowVersion};
use super::workspace::{Member, Workspace};

/// Ids that one request may name.
const MOST: usize = 100;

/// An object that has an id and can be loaded again by it.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Names the object; opaque, and different for every type."))]
pub enum Node {
    /// The tenant.
    Workspace(Workspace),
    /// A user of the workspace.
    Member(Member),
    /// A way in.
    Channel(Channel),
    /// A configured bot.
    Widget(Widget),
    /// A customer.
    Contact(Contact),
    /// A thread.
    Conversation(Conversation),
    /// A service period.
    Session(Session),
    /// A stretch in which a person was responsible.
    HumanWait(HumanWait),
    /// A message.
    Message(Message),
    /// The sending of a message.
    Delivery(Delivery),
    /// An answer of the bot.
    Turn(Turn),
    /// A note for colleagues.
    Note(Note),
    /// What a member thinks of an answer.
    Feedback(Feedback),
    /// What the bot is to learn.
    TrainingTicket(TrainingTicket),
    /// A tag.
    Tag(Tag),
    /// A document.
    Document(Document),
    /// A version of a document.
    DocumentVersion(DocumentVersion),
    /// A passage of a version.
    Passage(Passage),
    /// A workflow.
    Workflow(Workflow),
    /// A version of a workflow.
    WorkflowVersion(WorkflowVersion),
    /// A run of a workflow.
    WorkflowRun(WorkflowRun),
    /// A part of a webhook that was put aside.
    QuarantinedElement(QuarantinedElement),
}

/// Reads of any object.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with an id that this API gave out. For any other id it is null, with a NOT_FOUND error.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the object.")] id: ID,
    ) -> Option<Result<Node>> {
        Some(find(operation(ctx), &id).await)
    }

    /// The objects with these ids, in their order. Where an id names nothing the entry is null, with a
    /// NOT_FOUND error.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of the objects: at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > MOST {
            return Err(bad_input(format!("ids has at most {MOST} entries")));
        }
        let operation = operation(ctx);
        let found = join_all(ids.iter().map(|id| find(operation, id))).await;
        Ok(found.into_iter().map(Some).collect())
    }
}

async fn find(operation: &Operation, text: &ID) -> Result<Node> {
    let Ok((prefix, uuid)) = id::split(text) else { return Err(not_found()) };
    Ok(match prefix {
        WorkspaceId::PREFIX if WorkspaceId(uuid) == operation.scope.workspace() => {
            Node::Workspace(Workspace(operation.told(workspace::load(&operation.scope).await)?))
        }
        MemberId::PREFIX => Node::Member(operation.named(MemberId(uuid)).await?.into()),
        ChannelId::PREFIX => Node::Channel(operation.named(ChannelId(uuid)).await?.into()),
        WidgetId::PREFIX => Node::Widget(operation.named(WidgetId(uuid)).await?.into()),
        ContactId::PREFIX => Node::Contact(operation.named(ContactId(uuid)).await?.into()),
        ConversationId::PREFIX => Node::Conversation(operation.named(ConversationId(uuid)).await?.into()),
        SessionId::PREFIX => Node::Session(operation.named(SessionId(uuid)).await?.into()),
        HumanWaitId::PREFIX => Node::HumanWait(operation.named(HumanWaitId(uuid)).await?.into()),
        MessageId::PREFIX => Node::Message(operation.named(MessageId(uuid)).await?.into()),
        DeliveryId::PREFIX => Node::Delivery(operation.named(DeliveryId(uuid)).await?.into()),
        NoteId::PREFIX => Node::Note(operation.named(NoteId(uuid)).await?.into()),
        FeedbackId::PREFIX => Node::Feedback(operation.named(FeedbackId(uuid)).await?.into()),
        TicketId::PREFIX => Node::TrainingTicket(operation.named(TicketId(uuid)).await?.into()),
        TagId::PREFIX => Node::Tag(operation.named(TagId(uuid)).await?.into()),
        TurnId::PREFIX => Node::Turn(operation.named(TurnId(uuid)).await?.into()),
        DocumentId::PREFIX => Node::Document(operation.named(DocumentId(uuid)).await?.into()),
        DocumentVersionId::PREFIX => {
            Node::DocumentVersion(operation.named(DocumentVersionId(uuid)).await?.into())
        }
        WorkflowId::PREFIX => Node::Workflow(operation.named(WorkflowId(uuid)).await?.into()),
        WorkflowVersionId::PREFIX => {
            Node::WorkflowVersion(operation.named(WorkflowVersionId(uuid)).await?.into())
        }
        RunId::PREFIX => Node::WorkflowRun(operation.named(RunId(uuid)).await?.into()),
        PassageId::PREFIX => Node::Passage(operation.named(PassageId(uuid)).await?.into()),
        ElementId::PREFIX => Node::QuarantinedElement(operation.named(ElementId(uuid)).await?.into()),
        _ => return Err(not_found()),
    })
}

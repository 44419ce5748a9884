//! Fields that lead from one object to another, by id and through the loaders.

use std::borrow::Cow;
use std::hash::Hash;

use async_graphql::dataloader::Loader;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Error, OutputType, Positioned, ServerResult, Value};
use domain::id::{
    ChannelId, ContactId, ConversationId, DeliveryId, DocumentId, DocumentVersionId, HumanWaitId, MemberId,
    MessageId, NoteId, PassageId, RunId, SessionId, TagId, TicketId, TurnId, WidgetId, WorkflowId,
};

use super::channel::Channel;
use super::contact::Contact;
use super::conversation::Conversation;
use super::delivery::Delivery;
use super::document::{Document, DocumentVersion, Passage};
use super::error::Shared;
use super::human_wait::HumanWait;
use super::loader::Reads;
use super::message::Message;
use super::note::Note;
use super::operation::Operation;
use super::session::Session;
use super::tag::Tag;
use super::training::TrainingTicket;
use super::turn::Turn;
use super::widget::Widget;
use super::workflow::{Workflow, WorkflowRun};
use super::workspace::Member;

/// An object that must be there: a row names it.
pub(crate) struct Link<K>(pub K);

/// An object that may be gone by the time somebody looks; then the field is null.
pub(crate) struct Glance<K>(pub K);

/// An id that leads to an object.
pub(crate) trait Target: Copy + Send + Sync + Hash + Eq + ToString + 'static {
    /// The object in the schema.
    type Object: OutputType + From<<Reads as Loader<Self>>::Value>
    where
        Reads: Loader<Self>;
}

macro_rules! targets {
    ($($id:ident => $object:ident,)*) => {$(
        impl Target for $id {
            type Object = $object;
        }
    )*};
}

targets! {
    MemberId => Member,
    ChannelId => Channel,
    WidgetId => Widget,
    ContactId => Contact,
    ConversationId => Conversation,
    SessionId => Session,
    HumanWaitId => HumanWait,
    MessageId => Message,
    DeliveryId => Delivery,
    TurnId => Turn,
    NoteId => Note,
    TagId => Tag,
    TicketId => TrainingTicket,
    DocumentId => Document,
    DocumentVersionId => DocumentVersion,
    PassageId => Passage,
    WorkflowId => Workflow,
    RunId => WorkflowRun,
}

impl<K: Target> OutputType for Link<K>
where
    Reads: Loader<K, Error = Shared>,
{
    fn type_name() -> Cow<'static, str> {
        K::Object::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        K::Object::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let operation: &Operation = ctx.data_unchecked();
        let lost = || {
            let what = format!("{} is named by another row and is gone", self.0.to_string());
            operation.tell(&domain::Error::internal(what))
        };
        let found = operation.find(self.0).await.and_then(|found| found.ok_or_else(lost));
        match found {
            Ok(row) => K::Object::from(row).resolve(ctx, field).await,
            Err(error) => failed(ctx, field, error),
        }
    }
}

impl<K: Target> OutputType for Glance<K>
where
    Reads: Loader<K, Error = Shared>,
{
    fn type_name() -> Cow<'static, str> {
        K::Object::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<K::Object>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<K::Object>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let operation: &Operation = ctx.data_unchecked();
        match operation.find(self.0).await {
            Ok(row) => row.map(K::Object::from).resolve(ctx, field).await,
            Err(error) => {
                // A field that may be null is null when it fails, and the rest of the object is shown.
                ctx.add_error(located(ctx, field, error));
                Ok(Value::Null)
            }
        }
    }
}

fn failed(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>, error: Error) -> ServerResult<Value> {
    Err(located(ctx, field, error))
}

fn located(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    error: Error,
) -> async_graphql::ServerError {
    ctx.set_error_path(error.into_server_error(field.pos))
}

//! What a test sees of its hub, straight from the rows.

use domain::event::Event;
use domain::id::{ConversationId, MessageId};
use domain::{Scope, delivery, feed, human_wait};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::Hub;
use crate::wait::until;

impl Hub {
    /// Reads of the workspace.
    pub fn scope(&self) -> Scope {
        Scope::of(&self.env, self.actor.workspace)
    }

    /// Waits until the message with Meta's id is stored.
    pub async fn stored(&self, wamid: &str) -> entity::message::Model {
        until(&format!("{wamid} is stored"), async || self.message(wamid).await).await
    }

    /// The message with Meta's id, if it is stored.
    pub async fn message(&self, wamid: &str) -> Option<entity::message::Model> {
        let scope = self.scope();
        let query =
            scope.find::<entity::message::Entity>().filter(entity::message::Column::ProviderId.eq(wamid));
        query.one(scope.reader()).await.expect("the database answers")
    }

    /// The messages of a conversation in order.
    pub async fn messages(&self, id: ConversationId) -> Vec<entity::message::Model> {
        let scope = self.scope();
        let query = scope
            .find::<entity::message::Entity>()
            .filter(entity::message::Column::ConversationId.eq(id.0))
            .order_by_asc(entity::message::Column::Number);
        query.all(scope.reader()).await.expect("the database answers")
    }

    /// The conversation as it is stored now.
    pub async fn conversation(&self, id: ConversationId) -> entity::conversation::Model {
        let found = domain::conversation::load(&self.scope(), &[id]).await.expect("the database answers");
        found.into_iter().next().expect("the conversation exists")
    }

    /// Waits until a conversation has a status.
    pub async fn becomes(&self, id: ConversationId, status: &str) -> entity::conversation::Model {
        until(&format!("the conversation becomes {status}"), async || {
            Some(self.conversation(id).await).filter(|conversation| conversation.status == status)
        })
        .await
    }

    /// The deliveries of a conversation in order.
    pub async fn deliveries(&self, id: ConversationId) -> Vec<entity::delivery::Model> {
        let ids: Vec<_> = self.messages(id).await.iter().map(|message| MessageId(message.id)).collect();
        let mut rows = delivery::of(&self.scope(), &ids).await.expect("the database answers");
        rows.sort_by_key(|row| row.number);
        rows
    }

    /// Their states, and how often Meta was called.
    pub async fn states(&self, id: ConversationId) -> Vec<(String, i64)> {
        self.deliveries(id).await.into_iter().map(|row| (row.state, row.attempts)).collect()
    }

    /// Waits until the deliveries of a conversation stand like this.
    pub async fn stand(&self, id: ConversationId, states: &[(&str, i64)]) {
        let wanted: Vec<_> =
            states.iter().map(|(state, attempts)| ((*state).to_owned(), *attempts)).collect();
        let what = format!("the deliveries stand at {states:?}");
        until(&what, async || (self.states(id).await == wanted).then_some(())).await;
    }

    /// Why people were responsible for a conversation, in order.
    pub async fn wait_reasons(&self, id: ConversationId) -> Vec<String> {
        let waits = human_wait::of(&self.scope(), &[id]).await.expect("the database answers");
        waits.into_iter().map(|wait| wait.reason).collect()
    }

    /// Everything that happened.
    pub async fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut last = 0;
        loop {
            let more = feed::after(&self.scope(), last, 1_000).await.expect("the database answers");
            let Some(end) = more.last() else { return events };
            last = end.position;
            events.extend(more.into_iter().map(|entry| entry.event));
        }
    }
}

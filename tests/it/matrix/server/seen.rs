//! What is stored about a conversation, and what one event changed of it.

use domain::conversation::{CloseReason, Status, WaitReason};
use domain::event::Event as Fact;
use domain::feed::{self, Entry};
use domain::human_wait;
use domain::id::{ConversationId, SessionId, TurnId};
use domain::row;
use sea_orm::{ColumnTrait, QueryFilter};
use tests::Hub;

use super::super::names;
use super::super::subject::{Closed, Event, Handler, Observation, Verdict};

/// A conversation with its waits and turns, and where the feed stood.
pub struct Seen {
    conversation: row::Conversation,
    waits: Vec<row::HumanWait>,
    turns: Vec<row::Turn>,
    position: i64,
}

impl Seen {
    /// As it is now.
    pub async fn now(hub: &Hub, id: ConversationId) -> Self {
        let scope = hub.scope();
        let turns = scope
            .find::<entity::turn::Entity>()
            .filter(entity::turn::Column::ConversationId.eq(id.0))
            .all(scope.reader());
        Self {
            conversation: hub.conversation(id).await,
            waits: human_wait::of(&scope, &[id]).await.expect("the database answers"),
            turns: turns.await.expect("the database answers"),
            position: feed::head(&scope).await.expect("the database answers").last,
        }
    }

    pub fn pinned(&self) -> bool {
        self.conversation.pinned
    }

    /// The bot's open turn.
    pub fn open_turn(&self) -> Option<TurnId> {
        self.turns.iter().find(|turn| turn.ended_at.is_none()).map(|turn| TurnId(turn.id))
    }

    /// The turns that ended.
    pub fn ended_turns(&self) -> impl Iterator<Item = TurnId> {
        self.turns.iter().filter(|turn| turn.ended_at.is_some()).map(|turn| TurnId(turn.id))
    }

    fn status(&self) -> Status {
        Status::read(&self.conversation).expect("a status")
    }

    fn is_with_a_person(&self) -> bool {
        self.conversation.session_id.is_some() && self.conversation.handler == "HUMAN"
    }

    /// What an event changed since `before`. The feed must tell every change of status, in a chain, and
    /// a wait must be open exactly while a person is responsible.
    pub async fn since(&self, before: &Self, hub: &Hub, event: Event, accepted: bool) -> Observation {
        let id = ConversationId(self.conversation.id);
        let entries = feed::after(&hub.scope(), before.position, 10_000).await.expect("the feed is dense");
        let facts: Vec<Fact> = entries
            .into_iter()
            .filter(|entry: &Entry| entry.event.conversation() == Some(id))
            .map(|entry| entry.event)
            .collect();
        let told = facts.iter().fold(before.status(), |status, fact| match fact {
            Fact::ConversationStatusChanged { from, to, .. } => {
                assert_eq!(*from, status, "a change of status is missing: {facts:?}");
                *to
            }
            _ => status,
        });
        assert_eq!(told, self.status(), "the feed tells another status than is stored: {facts:?}");
        let open_waits = self.waits.iter().filter(|wait| wait.ended_at.is_none()).count();
        assert_eq!(open_waits, usize::from(self.is_with_a_person()), "open waits: {:?}", self.waits);
        Observation {
            verdict: if accepted { Verdict::Accepted } else { Verdict::Refused },
            status: names::named(self.status()),
            handler: self.conversation.session_id.map(|_| match self.conversation.handler.as_str() {
                "BOT" => Handler::Bot,
                _ => Handler::Human,
            }),
            epoch_rose: self.conversation.epoch > before.conversation.epoch,
            session_opened: facts.iter().any(|fact| matches!(fact, Fact::SessionOpened { .. })),
            session_closed: facts.iter().find_map(|fact| match fact {
                Fact::SessionClosed { reason, .. } => Some(closed(*reason)),
                _ => None,
            }),
            wait_started: self.started_since(before).map(names::wait),
            wait_ended: self.ended_since(before),
            bot_turn: self.turned_since(before, event, accepted),
        }
    }

    fn started_since(&self, before: &Self) -> Option<WaitReason> {
        let new = self.waits.iter().find(|wait| before.waits.iter().all(|old| old.id != wait.id));
        new.map(|wait| WaitReason::read(wait).expect("a reason"))
    }

    fn ended_since(&self, before: &Self) -> bool {
        let was_open = |id| before.waits.iter().all(|old| old.id != id || old.ended_at.is_none());
        self.waits.iter().any(|wait| wait.ended_at.is_some() && was_open(wait.id))
    }

    /// A message or a hand back leaves a turn open; nothing else begins one.
    fn turned_since(&self, before: &Self, event: Event, accepted: bool) -> bool {
        match event {
            Event::Customer { .. } | Event::HandBack => accepted && self.open_turn().is_some(),
            _ => self.turns.iter().any(|turn| before.turns.iter().all(|old| old.id != turn.id)),
        }
    }
}

/// Whether a session or a snooze should have ended by now.
pub async fn is_due(hub: &Hub, id: ConversationId) -> bool {
    let (conversation, now) = (hub.conversation(id).await, hub.env.clock.now());
    if conversation.snoozed_until.is_some_and(|until| until <= now) {
        return true;
    }
    let Some(session) = conversation.session_id else { return false };
    let found = domain::session::load(&hub.scope(), &[SessionId(session)]).await;
    found.expect("the database answers").iter().any(|session| session.expires_at <= now)
}

fn closed(reason: CloseReason) -> Closed {
    match reason {
        CloseReason::Expired => Closed::Expired,
        CloseReason::Agent => Closed::Agent,
        CloseReason::HandoverDisabled => Closed::HandoverDisabled,
        other => panic!("no event closes for {other:?}"),
    }
}

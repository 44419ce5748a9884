//! A locked conversation with what it needs around it, brought up to date before anybody acts.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::apply::Event;
use super::carry_out::step;
use super::facts::{Facts, Handler, Status};
use super::row;
use crate::clock::Time;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event;
use crate::id::{ContactId, ConversationId, MessageId, SessionId, WidgetId, WorkspaceId};
use crate::tx::{Tx, locked};
use crate::{ledger, session, widget};

/// A conversation under its lock, its widget and channel shared.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The channel, kept from changing.
    pub channel: entity::channel::Model,
    /// The widget, kept from changing.
    pub widget: entity::widget::Model,
    /// The row, ours alone.
    pub conversation: entity::conversation::Model,
    /// The open session.
    pub session: Option<entity::session::Model>,
    /// What the row says.
    pub facts: Facts,
}

impl Thread {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ConversationId {
        ConversationId(self.conversation.id)
    }

    /// Its widget's id.
    #[must_use]
    pub fn widget_id(&self) -> WidgetId {
        WidgetId(self.widget.id)
    }

    /// The open session's id.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.session.as_ref().map(|session| SessionId(session.id))
    }

    /// The number that the next message gets.
    #[must_use]
    pub fn next_number(&self) -> i64 {
        self.conversation.last_number + 1
    }

    /// Whether Meta accepts a free-form message at `now`.
    #[must_use]
    pub fn window_is_open(&self, now: Time) -> bool {
        !self.conversation.window_closed_by_provider
            && self.conversation.window_closes_at.is_some_and(|at| now < at)
    }
}

/// What decides whether a session is over.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// The transaction's now: timers, people, the bot.
    Now,
    /// The arrival of an inbound element in the ledger.
    Arrival(Time),
}

/// Locks a conversation of this workspace. Locks are taken in the order channel, widget, conversation.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: ConversationId) -> Result<Thread> {
    let seen = tx
        .find::<entity::conversation::Entity>()
        .filter(entity::conversation::Column::Id.eq(id.0))
        .one(tx.db())
        .await?
        .ok_or(Error::NotFound)?;
    let (channel, widget) = widget::share(tx, WidgetId(seen.widget_id)).await?;
    let query = tx.find::<entity::conversation::Entity>().filter(entity::conversation::Column::Id.eq(id.0));
    let conversation = locked(query).one(tx.db()).await?.ok_or(Error::NotFound)?;
    tx.read_now_after(conversation.touched_at);
    let session = match conversation.session_id {
        Some(session) => Some(session::read(tx, SessionId(session)).await?),
        None => None,
    };
    let facts = row::read(&conversation, row::bot_is_on(&widget))?;
    Ok(Thread { channel, widget, conversation, session, facts })
}

/// The conversation of a contact on a widget; made if this is its first element.
pub(crate) async fn find_or_create(
    tx: &mut Tx<'_>,
    widget: WidgetId,
    contact: ContactId,
) -> Result<ConversationId> {
    let find = |tx: &Tx<'_>| {
        tx.find::<entity::conversation::Entity>()
            .filter(entity::conversation::Column::WidgetId.eq(widget.0))
            .filter(entity::conversation::Column::ContactId.eq(contact.0))
    };
    if let Some(found) = find(tx).one(tx.db()).await? {
        return Ok(ConversationId(found.id));
    }
    let id = ConversationId::new();
    // Not through `tx.now()`: the time is read once the conversation is locked.
    let now = tx.env.clock.now();
    let row = entity::conversation::ActiveModel {
        id: Set(id.0),
        workspace_id: Set(tx.workspace.0),
        widget_id: Set(widget.0),
        contact_id: Set(contact.0),
        status: Set(Status::Closed.as_str().to_owned()),
        handler: Set(Handler::Bot.as_str().to_owned()),
        epoch: Set(0),
        session_count: Set(0),
        human_replied: Set(false),
        snooze_elapsed: Set(false),
        last_number: Set(0),
        window_closed_by_provider: Set(false),
        pinned: Set(false),
        revision: Set(0),
        last_activity_at: Set(now),
        touched_at: Set(now),
        created_at: Set(now),
        ..Default::default()
    };
    let pair = [entity::conversation::Column::WidgetId, entity::conversation::Column::ContactId];
    let inserted = entity::conversation::Entity::insert(row)
        .on_conflict(OnConflict::columns(pair).do_nothing().to_owned())
        .exec_without_returning(tx.db())
        .await?;
    if inserted == 0 {
        // Another lane made it in this moment.
        return Ok(ConversationId(find(tx).one(tx.db()).await?.ok_or(Error::Conflict)?.id));
    }
    tx.announce(event::Event::ConversationCreated { widget, conversation: id, contact });
    Ok(id)
}

/// Applies what is due: expiry first, then the end of a snooze. Every command calls it before it acts.
pub(crate) async fn apply_due(tx: &mut Tx<'_>, thread: &mut Thread, judge: Judge) -> Result<()> {
    let now = match judge {
        Judge::Now => tx.now(),
        Judge::Arrival(at) => at,
    };
    if let Some(session) = &thread.session
        && now >= session.expires_at
    {
        let waits = matches!(judge, Judge::Now) && backlog(tx, thread, session.expires_at).await?;
        if !waits {
            step(tx, thread, Event::Expire).await?;
        }
    }
    if thread.conversation.snoozed_until.is_some_and(|until| now >= until) {
        step(tx, thread, Event::SnoozeDue).await?;
    }
    Ok(())
}

/// Whether something that arrived before `deadline` may still prolong the session.
async fn backlog(tx: &Tx<'_>, thread: &Thread, deadline: Time) -> Result<bool> {
    match &thread.widget.meta_app {
        Some(app) => ledger::unsettled_before(tx.db(), app, deadline, tx.env.clock.now()).await,
        None => Ok(false),
    }
}

/// A timer: closes the session and ends the snooze if they are over. Does nothing when somebody was
/// faster.
///
/// # Errors
/// The database's.
pub async fn bring_up_to_date(env: &Env, workspace: WorkspaceId, id: ConversationId) -> Result<()> {
    let mut tx = Tx::begin(env, workspace).await?;
    let mut thread = lock(&mut tx, id).await?;
    apply_due(&mut tx, &mut thread, Judge::Now).await?;
    tx.commit().await?;
    Ok(())
}

impl Thread {
    pub(crate) fn announce_message(
        &self,
        tx: &mut Tx<'_>,
        message: &entity::message::Model,
        author: crate::message::AuthorKind,
    ) {
        let (widget, conversation, id) = (self.widget_id(), self.id(), MessageId(message.id));
        tx.announce(match author {
            crate::message::AuthorKind::Customer => event::Event::MessageReceived {
                widget,
                conversation,
                message: id,
                number: message.number,
                out_of_session: message.out_of_session,
            },
            author => event::Event::MessageAdded {
                widget,
                conversation,
                message: id,
                number: message.number,
                author,
            },
        });
    }
}

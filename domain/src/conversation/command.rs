//! What members do with a conversation: join, hand back, snooze, unsnooze, close, pin.

use chrono::TimeDelta;

use super::apply::{CloseReason, Event, NotNow};
use super::carry_out::{Applied, save, step};
use super::thread::{Judge, apply_due, lock};
use crate::actor::Actor;
use crate::clock::Time;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::event;
use crate::id::ConversationId;
use crate::tx::{Committed, Tx};

/// The longest snooze.
const LONGEST_SNOOZE: TimeDelta = TimeDelta::days(90);

/// Takes the conversation from the bot.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION unless the bot handles an open session.
pub async fn join(env: &Env, actor: &Actor, id: ConversationId) -> Result<Committed> {
    Ok(act(env, actor, id, |_| Ok(Event::Join)).await?.0)
}

/// Gives the conversation back to the bot, which at once answers what was left unanswered.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION when there is nothing to give back; BOT_OFF while the bot is off.
pub async fn hand_back(env: &Env, actor: &Actor, id: ConversationId) -> Result<Committed> {
    Ok(act(env, actor, id, |now| Ok(Event::HandBack { at: now })).await?.0)
}

/// What a snooze answers.
#[derive(Debug, Clone)]
pub struct Snoozed {
    /// Where it stands in the feed.
    pub committed: Committed,
    /// The session ends before the snooze does.
    pub ends_at_expiry: bool,
}

/// Puts the conversation out of sight until a time within 90 days.
///
/// # Errors
/// NOT_FOUND; Invalid for a time that is not ahead or too far; INVALID_TRANSITION when it is closed or
/// snoozed already.
pub async fn snooze(env: &Env, actor: &Actor, id: ConversationId, until: Time) -> Result<Snoozed> {
    let (committed, expires_at) = act(env, actor, id, |now| {
        if until <= now {
            Err(Error::invalid("until", "name a time that is still ahead"))
        } else if until > now + LONGEST_SNOOZE {
            Err(Error::invalid("until", "name a time within the next 90 days"))
        } else {
            Ok(Event::Snooze { until })
        }
    })
    .await?;
    Ok(Snoozed { committed, ends_at_expiry: expires_at.is_some_and(|expires| until >= expires) })
}

/// Brings the conversation back into sight.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION when it is not snoozed.
pub async fn unsnooze(env: &Env, actor: &Actor, id: ConversationId) -> Result<Committed> {
    Ok(act(env, actor, id, |_| Ok(Event::Unsnooze)).await?.0)
}

/// Closes the session.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION when none is open.
pub async fn close(env: &Env, actor: &Actor, id: ConversationId) -> Result<Committed> {
    Ok(act(env, actor, id, |_| Ok(Event::Close { reason: CloseReason::Agent })).await?.0)
}

/// Sets or takes off the workspace's pin; allowed in every status.
///
/// # Errors
/// NOT_FOUND.
pub async fn pin(env: &Env, actor: &Actor, id: ConversationId, pinned: bool) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut thread = lock(&mut tx, id).await?;
    apply_due(&mut tx, &mut thread, Judge::Now).await?;
    if thread.conversation.pinned != pinned {
        thread.conversation.pinned = pinned;
        tx.announce(event::Event::ConversationPinned {
            widget: thread.widget_id(),
            conversation: id,
            pinned,
        });
        save(&mut tx, &mut thread).await?;
    }
    tx.commit().await
}

/// Locks, applies what is due, and puts one event through the matrix. What was due stays applied even
/// when the event is refused: the state that the refusal shows must be the stored one.
async fn act<F>(env: &Env, actor: &Actor, id: ConversationId, event: F) -> Result<(Committed, Option<Time>)>
where
    F: FnOnce(Time) -> Result<Event>,
{
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut thread = lock(&mut tx, id).await?;
    apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let outcome = match event(tx.now()) {
        Ok(event) => match step(&mut tx, &mut thread, event).await? {
            Applied::Changed | Applied::Same => Ok(()),
            Applied::Discarded => Err(NotNow::InvalidTransition.into()),
            Applied::Refused(why) => Err(why.into()),
        },
        Err(error) => Err(error),
    };
    let expires_at = thread.session.map(|session| session.expires_at);
    let committed = tx.commit().await?;
    outcome.map(|()| (committed, expires_at))
}

impl From<NotNow> for Error {
    fn from(why: NotNow) -> Self {
        match why {
            NotNow::InvalidTransition => {
                Self::refused(Refusal::InvalidTransition, "the conversation's status does not allow this")
            }
            NotNow::JoinFirst => Self::refused(
                Refusal::InvalidTransition,
                "the bot handles this conversation: join it before you write",
            ),
            NotNow::BotOff => Self::refused(
                Refusal::BotOff,
                "the bot of this widget is off: publish it and switch the bot on",
            ),
        }
    }
}

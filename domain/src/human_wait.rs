//! Stretches in which a person is responsible: from the handover to the hand back or the close.

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use crate::clock::Time;
use crate::conversation::facts::Mark;
use crate::conversation::{Thread, WaitReason};
use crate::database::statement;
use crate::error::{Corrupt, Error, Result};
use crate::id::{ConversationId, HumanWaitId, SessionId};
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::tx::Tx;

impl WaitReason {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Unsure,
        Self::Requested,
        Self::Joined,
        Self::AgentMessage,
        Self::Takeover,
        Self::BotOff,
        Self::ModelDown,
        Self::Unreadable,
        Self::DeliveryFailed,
        Self::DeliveryUnknown,
        Self::ChannelUnavailable,
        Self::Workflow,
        Self::WorkflowFailed,
    ];

    /// Reads the reason why a wait started.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::human_wait::Model) -> Result<Self, Corrupt> {
        Self::parse(&row.reason).ok_or_else(|| Corrupt {
            table: "human_wait",
            id: row.id.to_string(),
            what: format!("reason {}", row.reason),
        })
    }

    /// The reason with this stored spelling.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsure => "UNSURE",
            Self::Requested => "REQUESTED",
            Self::Joined => "JOINED",
            Self::AgentMessage => "AGENT_MESSAGE",
            Self::Takeover => "TAKEOVER",
            Self::BotOff => "BOT_OFF",
            Self::ModelDown => "MODEL_DOWN",
            Self::Unreadable => "UNREADABLE",
            Self::DeliveryFailed => "DELIVERY_FAILED",
            Self::DeliveryUnknown => "DELIVERY_UNKNOWN",
            Self::ChannelUnavailable => "CHANNEL_UNAVAILABLE",
            Self::Workflow => "WORKFLOW",
            Self::WorkflowFailed => "WORKFLOW_FAILED",
        }
    }
}

/// Starts a wait. One that a human message began counts that message as its first reply.
pub(crate) async fn start(
    tx: &Tx<'_>,
    thread: &Thread,
    reason: WaitReason,
    begun_by: Option<Mark>,
    now: Time,
) -> Result<()> {
    let session =
        thread.session.as_ref().ok_or_else(|| Error::internal("a wait starts only in an open session"))?;
    tx.insert(entity::human_wait::Model {
        id: HumanWaitId::new().0,
        workspace_id: tx.workspace.0,
        conversation_id: thread.conversation.id,
        session_id: session.id,
        reason: reason.as_str().to_owned(),
        from_number: begun_by.map_or(thread.next_number(), |mark| mark.number),
        started_at: now,
        first_reply_at: begun_by.map(|mark| mark.at),
        ended_at: None,
        last_number: None,
    })
    .await?;
    Ok(())
}

/// Notes the first human message of the open wait. `recount` takes it back when that one fails.
pub(crate) async fn note_reply(tx: &Tx<'_>, thread: &Thread, human: Option<Mark>) -> Result<()> {
    let Some(human) = human else { return Ok(()) };
    if let Some(mut wait) = open(tx, thread.id()).await?
        && wait.first_reply_at.is_none()
    {
        wait.first_reply_at = Some(human.at);
        tx.save(&wait).await?;
    }
    Ok(())
}

/// Ends the open wait.
pub(crate) async fn end(tx: &Tx<'_>, thread: &Thread, now: Time) -> Result<()> {
    if let Some(mut wait) = open(tx, thread.id()).await? {
        wait.ended_at = Some(now.max(wait.started_at));
        wait.last_number = Some(thread.conversation.last_number);
        tx.save(&wait).await?;
    }
    Ok(())
}

/// Why a person is responsible now; None if nobody is.
pub(crate) async fn present_reason(tx: &Tx<'_>, conversation: ConversationId) -> Result<Option<WaitReason>> {
    let open = open(tx, conversation).await?;
    Ok(open.map(|wait| WaitReason::read(&wait)).transpose()?)
}

async fn open(tx: &Tx<'_>, conversation: ConversationId) -> Result<Option<entity::human_wait::Model>> {
    let query = tx
        .find::<entity::human_wait::Entity>()
        .filter(entity::human_wait::Column::ConversationId.eq(conversation.0))
        .filter(entity::human_wait::Column::EndedAt.is_null());
    Ok(query.one(tx.db()).await?)
}

/// Counts the human messages of the open session again, without those that failed.
pub(crate) async fn recount(tx: &Tx<'_>, thread: &Thread) -> Result<(Option<Mark>, bool)> {
    let Some(session) = &thread.session else { return Ok((None, false)) };
    let row = tx
        .db_one(
            "SELECT MAX(m.number) AS number, MAX(m.sent_at) AS at FROM message m LEFT JOIN delivery d ON d.message_id = m.id \
             WHERE m.session_id = $1 AND m.counts_as_human AND NOT m.out_of_session \
             AND (d.state IS NULL OR d.state NOT IN ('FAILED', 'CANCELLED'))",
            [session.id.into()],
        )
        .await?;
    let (number, at): (Option<i64>, Option<Time>) = (row.try_get("", "number")?, row.try_get("", "at")?);
    let mark = number.zip(at).map(|(number, at)| Mark { number, at });
    let Some(mut wait) = open(tx, thread.id()).await? else { return Ok((mark, false)) };
    let first = first_reply(tx, session.id, wait.from_number).await?;
    if first != wait.first_reply_at {
        wait.first_reply_at = first;
        tx.save(&wait).await?;
    }
    Ok((mark, first.is_some()))
}

/// The clock time of the first human message from `number` on that did not fail.
async fn first_reply(tx: &Tx<'_>, session: uuid::Uuid, number: i64) -> Result<Option<Time>> {
    let first = statement(
        tx.db(),
        "SELECT m.sent_at AS at FROM message m LEFT JOIN delivery d ON d.message_id = m.id \
         WHERE m.session_id = $1 AND m.number >= $2 AND m.counts_as_human AND NOT m.out_of_session \
         AND (d.state IS NULL OR d.state NOT IN ('FAILED', 'CANCELLED')) ORDER BY m.number LIMIT 1",
        [session.into(), number.into()],
    );
    Ok(match tx.db().query_one_raw(first).await? {
        Some(row) => Some(row.try_get("", "at")?),
        None => None,
    })
}

/// The waits of some conversations, oldest first.
///
/// # Errors
/// The database's.
pub async fn of(scope: &Scope, conversations: &[ConversationId]) -> Result<Vec<entity::human_wait::Model>> {
    let ids = conversations.iter().map(|id| id.0);
    let query = scope
        .find::<entity::human_wait::Entity>()
        .filter(entity::human_wait::Column::ConversationId.is_in(ids))
        .order_by_asc(entity::human_wait::Column::StartedAt);
    Ok(query.all(scope.reader()).await?)
}

/// The waits in some sessions, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_sessions(scope: &Scope, sessions: &[SessionId]) -> Result<Vec<entity::human_wait::Model>> {
    use entity::human_wait::Column;
    let ids = sessions.iter().map(|id| id.0);
    let query = scope
        .find::<entity::human_wait::Entity>()
        .filter(Column::SessionId.is_in(ids))
        .order_by_asc(Column::StartedAt)
        .order_by_asc(Column::Id);
    Ok(query.all(scope.reader()).await?)
}

/// A page of the waits of each of these conversations, oldest first.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    conversations: &[ConversationId],
    page: &Page<(Time, uuid::Uuid)>,
) -> Result<Vec<entity::human_wait::Model>> {
    use entity::human_wait::Column;
    let of = |id: &ConversationId| {
        let all = scope.find::<entity::human_wait::Entity>().filter(Column::ConversationId.eq(id.0));
        page::by_time(all, (Column::StartedAt, Column::Id), page, Order::Rising)
    };
    let mut rows = page::each(scope, conversations.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| (row.started_at, row.id));
    Ok(rows)
}

/// Waits by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[HumanWaitId]) -> Result<Vec<entity::human_wait::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::human_wait::Entity>().filter(entity::human_wait::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

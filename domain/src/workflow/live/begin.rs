//! Beginning a run: its row, with nothing done yet.

use serde_json::Value as Json;

use super::facts;
use super::row::{self, BegunBy, Status};
use crate::actor::Actor;
use crate::conversation::Thread;
use crate::error::Result;
use crate::event::Event;
use crate::id::{RunId, TurnId, WorkflowId};
use crate::tx::Tx;
use crate::workflow::Library;
use crate::workflow::definition::{Key, Name};
use crate::workflow::engine;
use crate::workflow::facts::Written;
use crate::workflow::run::Fault;
use crate::workflow::simulate::World;
use crate::workflow::trigger::Occasion;

/// A run to begin.
pub(super) struct Start<'a> {
    pub workflow: WorkflowId,
    pub key: &'a Key,
    pub by: BegunBy,
    /// What it is begun for: a workflow runs once for one cause.
    pub cause: String,
    pub actor: Option<&'a Actor>,
    /// What the customer wrote.
    pub message: Option<Written>,
    pub turn: Option<TurnId>,
    /// Whoever begins it lets it go on.
    pub driven: bool,
    pub variables: Vec<(Name, Json)>,
}

/// What surrounds runs, read before the transaction.
pub(crate) struct Ground<'a> {
    pub library: &'a Library,
    pub world: &'a World,
}

/// Begins a run on a locked conversation and wakes it. None if it was begun for this cause already.
///
/// # Errors
/// The database's; within, the fault of a workflow that cannot begin.
pub(super) async fn begin(
    tx: &mut Tx<'_>,
    thread: &Thread,
    ground: &Ground<'_>,
    start: Start<'_>,
) -> Result<Result<Option<RunId>, Fault>> {
    if was_begun(tx, &start).await? {
        return Ok(Ok(None));
    }
    let facts = facts::gather(tx, thread, ground.world, None).await?;
    let state = match engine::begin_with(ground.library, start.key, start.message, start.variables, &facts) {
        Ok(state) => state,
        Err(fault) => return Ok(Err(fault)),
    };
    let (id, now) = (RunId::new(), tx.now());
    // One that was begun by a session's end outlives it.
    let outlives = start.by == BegunBy::Trigger(Occasion::SessionClosed);
    let session = thread.session_id().filter(|_| !outlives);
    let mut run = entity::workflow_run::Model {
        id: id.0,
        workspace_id: tx.workspace.0,
        workflow_id: start.workflow.0,
        version: state.frame().version,
        widget_id: thread.widget.id,
        conversation_id: thread.conversation.id,
        session_id: session.map(|session| session.0),
        foreground: start.by == BegunBy::Widget,
        begun_by: start.by.as_str().to_owned(),
        cause: start.cause,
        member_id: start.actor.map(|actor| actor.member.0),
        api_token_id: start.actor.and_then(|actor| actor.token).map(|token| token.0),
        status: Status::Active.as_str().to_owned(),
        first_state: String::new(),
        state: String::new(),
        revision: 0,
        asks: false,
        minds_customer: false,
        heard_through: 0,
        posted: 0,
        taken: 0,
        entries: 0,
        transitions: 0,
        turn_id: start.turn.map(|turn| turn.0),
        wanted_call: None,
        call_until: None,
        due_at: None,
        widget_epoch: thread.widget.epoch,
        trace: tx.trace.clone(),
        created_at: now,
        updated_at: now,
        ended_at: None,
    };
    row::write(&mut run, &state, now);
    run.first_state.clone_from(&run.state);
    // A turn drives the run that it begins, and its watchdog begins again; any other is found by the ticker too.
    if !start.driven {
        run.due_at = Some(now);
        super::wake(tx, id, "begin".to_owned());
    }
    tx.insert(run.clone()).await?;
    announce(tx, &run, Status::Active);
    Ok(Ok(Some(id)))
}

/// Tells that a run is doing otherwise.
pub(super) fn announce(tx: &mut Tx<'_>, run: &entity::workflow_run::Model, to: Status) {
    tx.announce(Event::WorkflowRunChanged {
        widget: crate::id::WidgetId(run.widget_id),
        conversation: crate::id::ConversationId(run.conversation_id),
        workflow: WorkflowId(run.workflow_id),
        run: RunId(run.id),
        to,
    });
}

async fn was_begun(tx: &Tx<'_>, start: &Start<'_>) -> Result<bool> {
    use entity::workflow_run::{Column, Entity};
    use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
    let begun = tx.find::<Entity>().filter(Column::WorkflowId.eq(start.workflow.0));
    Ok(begun.filter(Column::Cause.eq(start.cause.as_str())).count(tx.db()).await? > 0)
}

/// Begins the run of the widget's workflow with what the customer wrote.
///
/// # Errors
/// The database's; within, the fault of a workflow that cannot begin.
pub(crate) async fn begin_foreground(
    tx: &mut Tx<'_>,
    thread: &Thread,
    ground: &Ground<'_>,
    (workflow, key): (WorkflowId, &Key),
    (message, turn): (Written, TurnId),
) -> Result<Result<Option<RunId>, Fault>> {
    let start = Start {
        workflow,
        key,
        by: BegunBy::Widget,
        cause: format!("{turn}:{}", message.number),
        actor: None,
        message: Some(message),
        turn: Some(turn),
        driven: true,
        variables: Vec::new(),
    };
    begin(tx, thread, ground, start).await
}

//! Triggers: what happens in a conversation begins runs in its background.

use std::fmt::Display;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::begin::{self, Ground, Start};
use super::facts;
use super::row::BegunBy;
use super::timetable;
use crate::bot;
use crate::business_hours::Tz;
use crate::clock::Time;
use crate::conversation::{self, Judge, Thread};
use crate::env::Env;
use crate::error::Result;
use crate::id::{ConversationId, WorkflowId, WorkspaceId};
use crate::job::Job;
use crate::scope::Scope;
use crate::tx::Tx;
use crate::workflow::facts::{Facts, Written, scope};
use crate::workflow::trigger::{Occasion, Trigger};
use crate::workflow::{Definition, find, simulate};

/// How often a workflow is begun by triggers in one conversation within an hour: two workflows may wake each other.
const MOST: u64 = 20;

/// Something happened; `cause` names it among others of its kind.
pub(crate) async fn fire(tx: &mut Tx<'_>, thread: &Thread, on: Occasion, cause: impl Display) -> Result<()> {
    use entity::workflow_trigger::{Column, Entity};
    let triggers = tx.find::<Entity>().filter(Column::Kind.eq(on.as_str())).all(tx.db()).await?;
    let (workspace, conversation, number) = (tx.workspace, thread.id(), thread.conversation.last_number);
    for trigger in triggers {
        let workflow = WorkflowId(trigger.workflow_id);
        let cause = format!("{}:{cause}", on.as_str());
        let due = None;
        tx.enqueue(Job::BeginWorkflow { workspace, workflow, conversation, on, number, due, cause });
    }
    Ok(())
}

/// Writes what begins runs of a workflow, from the version that is published now.
pub(in crate::workflow) async fn write(
    tx: &mut Tx<'_>,
    workflow: WorkflowId,
    definition: Option<&Definition>,
) -> Result<()> {
    use entity::workflow_trigger::{Column, Entity, Model};
    Entity::delete_many().filter(Column::WorkflowId.eq(workflow.0)).exec(tx.db()).await?;
    let triggers = definition.into_iter().flat_map(|definition| &definition.triggers);
    let kinds: std::collections::BTreeSet<Occasion> = triggers.map(|trigger| trigger.on).collect();
    let zone = timetable::zone(tx).await?;
    let due_at = definition.and_then(|definition| timetable::next(definition, tx.now(), zone));
    for kind in kinds {
        let due_at = due_at.filter(|_| kind == Occasion::Schedule);
        let (workspace_id, kind) = (tx.workspace.0, kind.as_str().to_owned());
        tx.insert(Model { workspace_id, kind, workflow_id: workflow.0, due_at }).await?;
    }
    if let Some(due) = due_at {
        tx.due(due);
    }
    Ok(())
}

/// A trigger to follow.
#[derive(Debug, Clone)]
pub struct Fired {
    /// Whose workflow.
    pub workspace: WorkspaceId,
    /// Which workflow.
    pub workflow: WorkflowId,
    /// Where it happened.
    pub conversation: ConversationId,
    /// What happened.
    pub on: Occasion,
    /// The number of the last message then.
    pub number: i64,
    /// The time that has come, if it is one.
    pub due: Option<Time>,
    /// What names it among others of its kind.
    pub cause: String,
}

/// Begins a run for what happened, if the workflow still wants that and its condition holds.
///
/// # Errors
/// The database's; the job layer tries again.
pub async fn begin_for(env: &Env, fired: Fired) -> Result<()> {
    let scope = Scope::of(env, fired.workspace);
    let Some((key, library, definition)) = find::published_alone(&scope, fired.workflow).await? else {
        return Ok(());
    };
    let world = simulate::world(&scope, env.clock.now()).await?;
    let mut tx = Tx::begin(env, fired.workspace).await?;
    let mut thread = conversation::lock(&mut tx, fired.conversation).await?;
    conversation::apply_due(&mut tx, &mut thread, Judge::Now).await?;
    let (message, zone) = (written(&tx, &fired).await?, world.calendar.zone);
    let told = facts::gather(&mut tx, &thread, &world, None).await?;
    let fits = thread.facts.bot_on
        && (thread.session.is_some() || fired.on == Occasion::SessionClosed)
        && definition.triggers.iter().any(|trigger| holds(trigger, &fired, (&told, zone), message.as_ref()))
        && super::find::live(&tx, fired.conversation).await?.len() < super::command::MOST_LIVE
        && !too_often(&mut tx, &fired).await?;
    if fits {
        let start = Start {
            workflow: fired.workflow,
            key: &key,
            by: BegunBy::Trigger(fired.on),
            cause: format!("{}:{}", fired.conversation, fired.cause),
            actor: None,
            message,
            turn: None,
            driven: false,
            variables: Vec::new(),
        };
        let ground = Ground { library: &library, world: &world };
        if let Err(fault) = begin::begin(&mut tx, &thread, &ground, start).await? {
            tracing::warn!(workflow = %fired.workflow, %fault, "a triggered workflow cannot begin");
        }
    }
    tx.commit().await?;
    Ok(())
}

fn holds(trigger: &Trigger, fired: &Fired, (told, zone): (&Facts, Tz), message: Option<&Written>) -> bool {
    // It may have several times, each with a condition of its own.
    let comes = |due| trigger.schedule.as_ref().is_some_and(|schedule| schedule.is_at(due, zone));
    if trigger.on != fired.on || !fired.due.is_none_or(comes) {
        return false;
    }
    let Some(when) = &trigger.when else { return true };
    when.holds(&scope(told, message, None, &std::collections::BTreeMap::new())).unwrap_or_else(|fault| {
        tracing::warn!(workflow = %fired.workflow, %fault, "the condition of a trigger cannot be evaluated");
        false
    })
}

/// What the customer wrote that the trigger is about.
async fn written(tx: &Tx<'_>, fired: &Fired) -> Result<Option<Written>> {
    use entity::message::Column;
    let number = match fired.on {
        // The message that opens a session is stored right after it.
        Occasion::SessionOpened => fired.number + 1,
        Occasion::CustomerMessage => fired.number,
        Occasion::HandedOver | Occasion::SessionClosed | Occasion::SnoozeElapsed | Occasion::Schedule => {
            return Ok(None);
        }
    };
    let query = tx
        .find::<entity::message::Entity>()
        .filter(Column::ConversationId.eq(fired.conversation.0))
        .filter(Column::Number.eq(number));
    let message = query.one(tx.db()).await?;
    Ok(message.map(|message| {
        let text = bot::words(&message);
        Written::noticed(number, text)
    }))
}

async fn too_often(tx: &mut Tx<'_>, fired: &Fired) -> Result<bool> {
    use entity::workflow_run::{Column, Entity};
    let since = tx.now() - TimeDelta::hours(1);
    let begun = tx
        .find::<Entity>()
        .filter(Column::ConversationId.eq(fired.conversation.0))
        .filter(Column::WorkflowId.eq(fired.workflow.0))
        .filter(Column::CreatedAt.gt(since));
    let too_often = begun.count(tx.db()).await? >= MOST;
    if too_often {
        tracing::warn!(workflow = %fired.workflow, conversation = %fired.conversation,
            "triggers begin the workflow too often: do two workflows wake each other?");
    }
    Ok(too_often)
}

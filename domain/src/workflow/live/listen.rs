//! Who hears what the customer writes: a question that waits for the answer, else the run in the foreground.

use crate::bot;
use crate::conversation::{Handler, Thread};
use crate::error::Result;
use crate::id::ConversationId;
use crate::tx::Tx;
use crate::workflow::Stimulus;
use crate::workflow::facts::Written;
use crate::workflow::trigger::Occasion;

/// Whether a workflow has the word in this conversation; else the built-in assistant has.
pub(crate) async fn listens(tx: &Tx<'_>, thread: &Thread) -> Result<bool> {
    Ok(thread.widget.workflow_id.is_some() || listener(tx, thread).await?.is_some())
}

/// The run that hears the customer now: one that asks, else the one in the foreground.
pub(crate) async fn listener(tx: &Tx<'_>, thread: &Thread) -> Result<Option<entity::workflow_run::Model>> {
    let live = super::find::live(tx, thread.id()).await?;
    let live: Vec<_> = live.into_iter().filter(|run| stays(thread, run)).collect();
    let asking = live.iter().find(|run| run.asks).cloned();
    Ok(asking.or_else(|| live.into_iter().find(|run| run.foreground)))
}

/// One of an earlier session, or from before the bot was off, is about to end.
pub(super) fn stays(thread: &Thread, run: &entity::workflow_run::Model) -> bool {
    run.widget_epoch == thread.widget.epoch
        && (run.session_id.is_none() || run.session_id == thread.conversation.session_id)
}

/// Up to which message runs have heard the customer without a turn, while a person was expected.
pub(crate) async fn heard_through(tx: &Tx<'_>, conversation: ConversationId) -> Result<i64> {
    let row = tx
        .db_one(
            "SELECT MAX(heard_through) AS heard FROM workflow_run WHERE conversation_id = $1",
            [conversation.0.into()],
        )
        .await?;
    let heard: Option<i64> = row.try_get("", "heard")?;
    Ok(heard.unwrap_or_default())
}

/// A message was stored. While the bot is responsible a turn gathers it for whoever is to answer; while a person is
/// expected who has not acted, the run that listens still does. A wait in the background that ends when the
/// customer writes hears of it in any case, and answers nothing.
pub(crate) async fn customer_wrote(
    tx: &mut Tx<'_>,
    thread: &Thread,
    message: &entity::message::Model,
) -> Result<()> {
    super::fire(tx, thread, Occasion::CustomerMessage, message.number).await?;
    let live = super::find::live(tx, thread.id()).await?;
    if live.is_empty() {
        return Ok(());
    }
    let asked = thread.facts.handler == Handler::Human && !super::facts::person_acts(tx, thread).await?;
    let asking = if asked { listener(tx, thread).await?.map(|run| run.id) } else { None };
    for run in live.into_iter().filter(|run| run.minds_customer || Some(run.id) == asking) {
        let (number, words) = (message.number, bot::words(message));
        let written = match Some(run.id) == asking {
            true => Written::one(number, words),
            false => Written::noticed(number, words),
        };
        super::post(tx, run, &Stimulus::Message(written), None).await?;
    }
    Ok(())
}

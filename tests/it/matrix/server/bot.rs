//! What the bot does with its held turn, arranged just before the turn may run.

use domain::id::{ConversationId, TurnId};
use sea_orm::{ConnectionTrait, Statement, Value};
use simulator::Fault;

use super::super::subject::{Event, Wait};
use super::ground::Ground;

/// A text that asks for a person.
const WISH: &str = "I want to talk to a human";
/// A turn that was started so often is not started again: a person is asked for.
const STARTS: i64 = 5;

/// Lets the bot act on its turn as the event says.
pub async fn act(ground: &mut Ground, id: ConversationId, turn: Option<TurnId>, event: Event) {
    let Some(turn) = turn else { return };
    match event {
        Event::Answers => ground.set(|settings| settings.threshold = 0.0).await,
        Event::HandsOver { requested, enabled } => {
            ground
                .set(|settings| {
                    settings.handover = enabled;
                    settings.threshold = if requested { 0.0 } else { 1.0 };
                })
                .await;
            if requested {
                wish(ground, id).await;
            }
        }
        Event::CannotAnswer { why: Wait::ModelDown } => {
            let sql = "UPDATE turn SET starts = $1 WHERE id = $2";
            execute(ground, sql, [STARTS.into(), turn.0.into()]).await;
        }
        Event::CannotAnswer { why: Wait::DeliveryFailed } => {
            ground.set(|settings| settings.threshold = 0.0).await;
            ground.hub.simulator.script().fail_next(1, Fault::undeliverable());
        }
        Event::CannotAnswer { why: Wait::BotOff } => {}
        other => panic!("the bot cannot be made to do {other:?}"),
    }
    ground.gate.release(turn);
    ground.settle().await;
    // The job of a turn that was started before is another one.
    ground.look().await;
}

/// The customer's last message becomes a wish, as if it had been written so: what a turn is to do is
/// known only when it does it.
async fn wish(ground: &Ground, id: ConversationId) {
    let sql = "UPDATE message SET text = $1 WHERE conversation_id = $2 AND number = \
               (SELECT customer_number FROM conversation WHERE id = $3)";
    execute(ground, sql, [WISH.into(), id.0.into(), id.0.into()]).await;
}

async fn execute<const N: usize>(ground: &Ground, sql: &str, values: [Value; N]) {
    let db = ground.hub.env.database.writer();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let done = db.execute_raw(statement).await.expect("the database answers");
    assert_eq!(done.rows_affected(), 1, "{sql}");
}

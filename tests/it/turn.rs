//! The bot's turns: gathering, restarting, and answering what was left.

use chrono::TimeDelta;
use domain::id::{ConversationId, TurnId};
use domain::{conversation, due};
use serde_json::{Value, json};
use tests::hub::start_of_time;
use tests::knowledge::{QUESTION, SHIPPING};
use tests::wait::until;
use tests::{Hub, Options};

fn gathering() -> Options {
    Options { movable_clock: true, gather_ms: 2_000, ..Options::default() }
}

async fn turns(hub: &Hub, id: ConversationId) -> Vec<entity::turn::Model> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let scope = hub.scope();
    let query = scope.find::<entity::turn::Entity>();
    query.filter(entity::turn::Column::ConversationId.eq(id.0)).all(scope.reader()).await.unwrap()
}

async fn answers(hub: &Hub, id: ConversationId) -> Vec<entity::message::Model> {
    hub.messages(id).await.into_iter().filter(|message| message.author == "BOT").collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_arrive_close_together_get_one_answer() {
    let hub = Hub::with(gathering()).await;
    let ada = hub.customer("Ada");
    let first = hub.stored(&hub.says(&ada, "How much").await).await;
    let id = ConversationId(first.conversation_id);
    for text in ["is", "shipping?"] {
        hub.advance(TimeDelta::milliseconds(1_000));
        hub.stored(&hub.says(&ada, text).await).await;
        hub.quiet().await;
        assert!(answers(&hub, id).await.is_empty(), "the customer is still writing");
    }
    hub.advance(TimeDelta::milliseconds(2_000));
    until("the bot answers", async || (!answers(&hub, id).await.is_empty()).then_some(())).await;
    hub.quiet().await;
    assert_eq!(answers(&hub, id).await.len(), 1, "once");
    hub.finish().await;
}

/// The ticker found the turn due, and before its job ran the customer wrote again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_whose_job_came_too_early_is_found_again() {
    let mut hub = Hub::with(gathering()).await;
    let ada = hub.customer("Ada");
    let first = hub.stored(&hub.says(&ada, QUESTION).await).await;
    let id = ConversationId(first.conversation_id);
    hub.quiet().await;
    hub.stop().await;
    hub.restart(false).await;
    hub.clock.as_ref().unwrap().set(start_of_time() + TimeDelta::seconds(2));
    due::look(&hub.env).await.unwrap();
    let second = hub.says(&ada, QUESTION).await;
    assert!(hub.simulator.settled(tests::wait::LONG).await);
    hub.stop().await;
    hub.restart(true).await;
    let second = hub.stored(&second).await;
    hub.quiet().await;
    hub.advance(TimeDelta::seconds(3));
    until("both messages are answered", async || {
        let turns = turns(&hub, id).await;
        let done = turns.iter().all(|turn| turn.ended_at.is_some());
        let through = turns.iter().filter_map(|turn| turn.covers_through).max();
        (done && through == Some(second.number)).then_some(())
    })
    .await;
    assert!(!answers(&hub, id).await.is_empty());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_hand_back_the_bot_answers_what_was_left() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let wish = hub.stored(&hub.says(&ada, "I want to talk to a human").await).await;
    let id = ConversationId(wish.conversation_id);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    hub.quiet().await;
    assert!(answers(&hub, id).await.is_empty(), "a person has it");
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    until("the bot answers", async || (answers(&hub, id).await.len() == 1).then_some(())).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_was_switched_off_leaves_its_customer_to_a_person() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    hub.quiet().await;
    let off = domain::widget::Advanced { bot_enabled: Some(false), ..Default::default() };
    domain::widget::update_advanced(&hub.env, &hub.actor, hub.widget, &off).await.unwrap();
    let second = hub.stored(&hub.says(&ada, "And abroad?").await).await;
    let id = ConversationId(second.conversation_id);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let waits = domain::human_wait::of(&hub.scope(), &[id]).await.unwrap();
    assert_eq!(waits.last().map(|wait| wait.reason.as_str()), Some("BOT_OFF"));
    assert!(
        conversation::hand_back(&hub.env, &hub.actor, id).await.is_err(),
        "there is no bot to hand it to"
    );
    hub.finish().await;
}

/// Two ticks found the same turn due, and the worker of the first died while it ran.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_job_for_a_running_turn_does_nothing_and_the_first_one_may_come_back() {
    use sea_orm::ConnectionTrait;
    let mut hub = Hub::with(gathering()).await;
    let asked = hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await;
    let id = ConversationId(asked.conversation_id);
    hub.quiet().await;
    hub.stop().await;
    hub.restart(false).await;
    hub.clock.as_ref().unwrap().set(start_of_time() + TimeDelta::seconds(2));
    let scope = hub.scope();
    let turn = scope.find::<entity::turn::Entity>().one(scope.reader()).await.unwrap().unwrap();
    let claimed = "UPDATE turn SET state = 'RUNNING', starts = 1, started_by = 7, covers_from = 1, covers_through = 1, \
                   due_at = '2026-03-02 09:01:02+00:00'";
    hub.env.database.writer().execute_unprepared(claimed).await.unwrap();
    let run = async |tick| {
        domain::turn::run(&hub.env, hub.actor.workspace, TurnId(turn.id), 0, tick).await.unwrap();
        answers(&hub, id).await.len()
    };
    assert_eq!(run(8).await, 0, "another tick's job: the first one is at work");
    assert_eq!(run(7).await, 1, "the job of the worker that died");
    assert_eq!(run(7).await, 1, "it is done");
    hub.stop().await;
    hub.restart(true).await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sticker_alone_gets_no_turn_and_one_beside_words_is_covered_with_them() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let sticker = simulator::Content::Other { kind: "sticker".into(), node: serde_json::json!({"id": "1"}) };
    let sends = async || hub.simulator.customer_sends(&hub.number.phone_number_id, &ada, &sticker).await;
    let id = ConversationId(hub.stored(&sends().await).await.conversation_id);
    hub.quiet().await;
    assert_eq!(turns(&hub, id).await.len(), 0, "nobody is to answer a sticker");
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.stored(&hub.says(&ada, QUESTION).await).await;
    until("the words are answered", async || (answers(&hub, id).await.len() == 1).then_some(())).await;
    hub.stored(&sends().await).await;
    hub.quiet().await;
    let turns = turns(&hub, id).await;
    assert_eq!(
        turns.iter().map(|turn| (turn.covers_from, turn.covers_through)).collect::<Vec<_>>(),
        [(Some(1), Some(2))]
    );
    hub.finish().await;
}

/// A message as Meta sends it.
fn element(id: &str, at: i64, kind: &str, content: Value) -> Value {
    let mut element = json!({"from": "886970000001", "id": id, "timestamp": at.to_string(), "type": kind});
    element[kind] = content;
    element
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caption_is_read_with_the_words_beside_it_in_the_order_of_their_clocks() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let now = hub.env.clock.now().timestamp();
    let picture = json!({"id": "media.1", "mime_type": "image/jpeg", "sha256": "x", "caption": QUESTION});
    // One webhook, the later one first.
    let words = element("wamid.WORDS", now, "text", json!({"body": "Thanks!"}));
    let picture = element("wamid.PICTURE", now - 5, "image", picture);
    hub.meta_posts("messages", json!({"messages": [words, picture]})).await;
    let sent = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    assert!(sent.text.contains(SHIPPING), "{}", sent.text);
    hub.quiet().await;
    assert_eq!((hub.stored("wamid.PICTURE").await.number, hub.stored("wamid.WORDS").await.number), (1, 2));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_without_any_words_goes_to_a_person() {
    let hub = Hub::with(Options { movable_clock: true, ..Options::default() }).await;
    let picture = json!({"id": "media.1", "mime_type": "image/jpeg", "sha256": "x"});
    let picture = element("wamid.PICTURE", hub.env.clock.now().timestamp(), "image", picture);
    hub.meta_posts("messages", json!({"messages": [picture]})).await;
    let id = ConversationId(hub.stored("wamid.PICTURE").await.conversation_id);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    assert_eq!(hub.wait_reasons(id).await, ["UNREADABLE"]);
    hub.quiet().await;
    hub.finish().await;
}

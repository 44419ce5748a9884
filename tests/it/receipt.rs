//! Read receipts: when the bot begins to answer, with "typing"; when a member replies; never for looking.

use chrono::TimeDelta;
use domain::id::{ConversationId, MessageId};
use domain::message::{self, Send, Text};
use domain::widget::{self, Advanced};
use serde_json::json;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

async fn marking(options: Options) -> Hub {
    let hub = Hub::with(options).await;
    let advanced = Advanced { mark_as_read: Some(true), ..Advanced::default() };
    widget::update_advanced(&hub.env, &hub.actor, hub.widget, &advanced).await.unwrap();
    hub
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_customer_sees_that_the_bot_has_read_the_question() {
    let hub = marking(Options::default()).await;
    let wamid = hub.says(&hub.customer("Ada"), QUESTION).await;
    until("it is marked as read", async || (!hub.simulator.reads().is_empty()).then_some(())).await;
    hub.quiet().await;
    let reads = hub.simulator.reads();
    assert_eq!(reads.iter().map(|read| read.message_id.as_str()).collect::<Vec<_>>(), [wamid]);
    hub.finish().await;
}

/// The receipt and the answer are two jobs: whichever comes first, nobody is shown as typing after the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typing_is_shown_while_a_turn_is_open_and_not_afterwards() {
    // The turn gathers for as long as the clock stands still.
    let hub = marking(Options { movable_clock: true, gather_ms: 5_000, ..Options::default() }).await;
    let asked = hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await;
    let read = async || {
        let before = hub.simulator.reads().len();
        message::receipt::send(&hub.env, hub.actor.workspace, MessageId(asked.id), true).await.unwrap();
        let reads = hub.simulator.reads();
        reads[before..].iter().map(|read| read.typing).collect::<Vec<_>>()
    };
    assert_eq!(read().await, [true]);
    hub.advance(TimeDelta::seconds(6));
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;
    assert_eq!(read().await, [false]);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_members_reply_marks_as_read_and_looking_does_not() {
    let hub = marking(Options { bot: false, ..Options::default() }).await;
    let ada = hub.customer("Ada");
    hub.stored(&hub.says(&ada, "one").await).await;
    let last = hub.says(&ada, "two").await;
    let id = ConversationId(hub.stored(&last).await.conversation_id);
    let look = "query ($id: ID!) { node(id: $id) { ... on Conversation { messages { nodes { text } } } } }";
    hub.client.data(look, json!({"id": id.to_string()})).await;
    hub.quiet().await;
    assert!(hub.simulator.reads().is_empty(), "opening a thread tells the customer nothing");
    let text = Text::parse("Hello Ada").unwrap();
    let send = Send::of(id, text);
    message::send(&hub.env, &hub.actor, &send).await.unwrap();
    until("it is marked as read", async || (!hub.simulator.reads().is_empty()).then_some(())).await;
    hub.quiet().await;
    let reads = hub.simulator.reads();
    assert_eq!(
        reads.iter().map(|read| (read.message_id.as_str(), read.typing)).collect::<Vec<_>>(),
        [(last.as_str(), false)]
    );
    hub.finish().await;
}

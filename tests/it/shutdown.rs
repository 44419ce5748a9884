//! SIGTERM: the server takes nothing new, what is in flight finishes, and nothing is left half done.

use std::time::Duration;

use domain::id::{ConversationId, MessageId};
use serde_json::json;
use tests::knowledge::QUESTION;
use tests::program::Program;
use tests::socket::Subscriber;
use tests::wait::until;
use tests::{Hub, Options};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_is_on_the_wire_is_settled_before_the_server_ends() {
    let mut hub = Hub::with(Options::default()).await;
    hub.stop().await;
    let mut program = Program::start("serve", &hub.settings());
    let ready = format!("{}/readyz", hub.client.base);
    let http = tests::client::http();
    until("it is ready", async || {
        http.get(&ready).send().await.ok().filter(|answer| answer.status() == 200).map(drop)
    })
    .await;
    hub.reopen().await;
    let query = "subscription { events { cursor } }";
    let mut subscriber = Subscriber::open(&hub.client, query, json!({})).await;
    // Meta takes its time, so that the signal comes in the middle of the call.
    hub.simulator.script().answer_delay(Duration::from_secs(2)).statuses(false);
    let asked = hub.stored(&hub.says(&hub.customer("Ada"), QUESTION).await).await;
    let states = async || {
        let messages = hub.messages(ConversationId(asked.conversation_id)).await;
        let ids: Vec<_> = messages.iter().map(|message| MessageId(message.id)).collect();
        let rows = domain::delivery::of(&hub.scope(), &ids).await.unwrap();
        rows.into_iter().map(|row| row.state).collect::<Vec<_>>()
    };
    until("the answer is on the wire", async || (states().await == ["SENDING"]).then_some(())).await;
    assert!(program.stops(Duration::from_secs(30)), "it ends by itself and without an error");
    assert_eq!(states().await, ["SENT"], "the call in flight was waited for and its outcome written");
    assert_eq!(hub.simulator.sends().len(), 1);
    assert_eq!(subscriber.closed().await, 1012, "a subscriber is told that the server goes away");
    // What the stopped server left behind is taken up by the next one.
    hub.restart(true).await;
    hub.finish().await;
}

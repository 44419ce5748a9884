//! The first road from end to end: asked, answered, delivered, seen.

use domain::conversation;
use domain::id::ConversationId;
use tests::Hub;
use tests::knowledge::{QUESTION, SHIPPING};
use tests::wait::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_answered_delivered_and_read() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let asked = hub.stored(&hub.says(&ada, QUESTION).await).await;
    assert_eq!((asked.number, asked.author.as_str()), (1, "CUSTOMER"));
    let sent = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    assert!(sent.text.contains(SHIPPING), "{}", sent.text);
    let conversation = ConversationId(asked.conversation_id);
    until("the answer is read", async || {
        let messages = hub.messages(conversation).await;
        let ids: Vec<_> = messages.iter().map(|m| domain::id::MessageId(m.id)).collect();
        let deliveries = domain::delivery::of(&hub.scope(), &ids).await.unwrap();
        deliveries.iter().any(|delivery| delivery.state == "READ").then_some(())
    })
    .await;
    hub.becomes(conversation, "BOT_HANDLING").await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_for_a_person_hands_over_and_the_phone_answers() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let asked = hub.stored(&hub.says(&ada, "轉真人").await).await;
    let id = ConversationId(asked.conversation_id);
    hub.becomes(id, "PENDING_FIRST_RESPONSE").await;
    let typed = hub.stored(&hub.types(&ada, "Hello, Lin here").await).await;
    assert_eq!(typed.author, "BUSINESS_APP");
    hub.becomes(id, "OPEN").await;
    conversation::hand_back(&hub.env, &hub.actor, id).await.unwrap();
    assert_eq!(hub.conversation(id).await.status, "BOT_HANDLING");
    hub.finish().await;
}

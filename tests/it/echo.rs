//! Messages typed in the phone app, and our own sends that come back as echoes.

mod race;

use chrono::TimeDelta;
use domain::id::{ConversationId, MessageId};
use domain::{conversation, human_wait};
use serde_json::{Value, json};
use simulator::Content;
use tests::knowledge::QUESTION;
use tests::wait::until;
use tests::{Hub, Options};

fn movable() -> Options {
    Options { movable_clock: true, ..Options::default() }
}

/// An echo as Meta sends it, with a clock time of its own.
async fn echo(hub: &Hub, to: &str, id: &str, at: i64, text: &str) {
    let echo = json!({"from": "15550783881", "to": to, "id": id, "timestamp": at.to_string(), "type": "text",
        "text": {"body": text}});
    hub.meta_posts("smb_message_echoes", json!({"message_echoes": [echo]})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_of_our_own_send_whose_answer_was_lost_is_that_message() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().statuses(false).drop_next(1);
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    until("the answer is lost", async || {
        (hub.deliveries(id).await.first()?.state == "UNKNOWN").then_some(())
    })
    .await;
    let sent = hub.simulator.sends().remove(0);
    let now = hub.env.clock.now().timestamp();
    echo(&hub, ada.wa_id.as_deref().unwrap(), &sent.wamid.clone().unwrap(), now, &sent.text).await;
    until("it is settled", async || (hub.deliveries(id).await[0].state == "SENT").then_some(())).await;
    hub.quiet().await;
    let messages = hub.messages(id).await;
    assert_eq!(messages.len(), 2, "the echo is no message of its own");
    assert_eq!(messages[1].provider_id, sent.wamid);
    let after = hub.conversation(id).await;
    assert_eq!((after.status.as_str(), after.epoch), ("BOT_HANDLING", 0), "and no takeover");
    hub.advance(TimeDelta::minutes(5));
    hub.quiet().await;
    assert_eq!(human_wait::of(&hub.scope(), &[id]).await.unwrap(), [], "nobody waits for a status any more");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_that_only_looks_like_another_message_is_hidden_when_the_status_tells() {
    let hub = Hub::with(movable()).await;
    hub.simulator.script().statuses(false).drop_next(1);
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    until("the answer is lost", async || {
        (hub.deliveries(id).await.first()?.state == "UNKNOWN").then_some(())
    })
    .await;
    let sent = hub.simulator.sends().remove(0);
    let (wamid, now) = (sent.wamid.clone().unwrap(), hub.env.clock.now().timestamp());
    // WhatsApp spelled the text otherwise, so nobody could know.
    echo(&hub, ada.wa_id.as_deref().unwrap(), &wamid, now, "another spelling").await;
    hub.stored(&wamid).await;
    let status = |id: &str, status: &str| json!({"id": id, "status": status, "timestamp": now.to_string(), "recipient_id": ada.wa_id});
    let mut ours = status(&wamid, "delivered");
    ours["biz_opaque_callback_data"] = json!(sent.reference);
    hub.meta_posts("messages", json!({"statuses": [status("wamid.UNSEEN", "sent"), ours]})).await;
    until("the rows are linked", async || hub.messages(id).await.get(2)?.duplicate_of).await;
    hub.quiet().await;
    let messages = hub.messages(id).await;
    assert_eq!(messages.iter().map(|m| m.number).collect::<Vec<_>>(), [1, 2, 3], "nothing is renumbered");
    assert_eq!(messages[2].duplicate_of, Some(messages[1].id));
    assert_eq!(hub.deliveries(id).await[0].state, "DELIVERED");
    let query = "query ($id: ID!) { node(id: $id) { ... on Message { duplicateOf { number } } } }";
    let shown = hub.client.data(query, json!({"id": MessageId(messages[2].id).to_string()})).await;
    assert_eq!(shown["node"]["duplicateOf"], json!({"number": 2}));
    // What is said of it from now on is said of the message that is shown.
    let reaction = json!({"from": ada.wa_id, "id": "wamid.REACTION", "timestamp": now.to_string(), "type": "reaction",
        "reaction": {"message_id": wamid, "emoji": "\u{1f375}"}});
    let quote = json!({"from": ada.wa_id, "id": "wamid.QUOTE", "timestamp": now.to_string(), "type": "text",
        "text": {"body": "this one"}, "context": {"id": wamid}});
    hub.meta_posts("messages", json!({"messages": [reaction, quote]})).await;
    hub.stored("wamid.QUOTE").await;
    let thread =
        "query ($id: ID!) { node(id: $id) { ... on Conversation { messages(first: 3) { nodes { number
                  quotedMessage { number } changes { nodes { emoji } } } } } } }";
    let shown =
        hub.client.data(thread, json!({"id": id.to_string()})).await["node"]["messages"]["nodes"].take();
    let wanted = json!([
        {"number": 1, "quotedMessage": null, "changes": {"nodes": []}},
        {"number": 2, "quotedMessage": null, "changes": {"nodes": [{"emoji": "\u{1f375}"}]}},
        {"number": 4, "quotedMessage": {"number": 2}, "changes": {"nodes": []}},
    ]);
    assert_eq!(shown, wanted);
    hub.finish().await;
}

/// A member's message whose answer was lost, in a conversation without a bot.
async fn unknown_send(hub: &Hub) -> (String, ConversationId) {
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, "hello").await).await.conversation_id);
    hub.simulator.script().statuses(false).drop_next(1);
    hub.replies(id, "the same words").await;
    until("the answer is lost", async || {
        (hub.deliveries(id).await.first()?.state == "UNKNOWN").then_some(())
    })
    .await;
    (ada.wa_id.unwrap(), id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_is_our_send_for_a_quarter_of_an_hour_and_a_message_of_its_own_after_that() {
    for (seconds, state, messages) in [(900, "SENT", 2), (901, "UNKNOWN", 3)] {
        let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
        let (phone, id) = unknown_send(&hub).await;
        let wamid = hub.simulator.sends()[0].wamid.clone().unwrap();
        hub.advance(TimeDelta::seconds(seconds));
        hub.quiet().await;
        let now = hub.env.clock.now().timestamp();
        echo(&hub, &phone, &wamid, now, "the same words").await;
        hub.stored(&wamid).await;
        hub.quiet().await;
        assert_eq!(
            (hub.deliveries(id).await[0].state.as_str(), hub.messages(id).await.len()),
            (state, messages)
        );
        hub.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_sends_with_the_same_words_an_echo_is_the_one_begun_last_before_it() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    let (phone, id) = unknown_send(&hub).await;
    hub.advance(TimeDelta::seconds(11));
    hub.simulator.script().drop_next(1);
    let lost = MessageId(hub.deliveries(id).await[0].message_id).to_string();
    hub.client.mutate("messageResend", json!({"messageId": lost}), "message { number }").await;
    hub.stand(id, &[("UNKNOWN", 1), ("UNKNOWN", 1)]).await;
    let wamid = hub.simulator.sends().last().unwrap().wamid.clone().unwrap();
    let now = hub.env.clock.now().timestamp();
    echo(&hub, &phone, &wamid, now, "the same words").await;
    hub.stand(id, &[("UNKNOWN", 1), ("SENT", 1)]).await;
    let messages = hub.messages(id).await;
    assert_eq!((messages.len(), messages[2].provider_id.as_ref()), (3, Some(&wamid)));
    assert!(messages.iter().all(|message| message.duplicate_of.is_none()));
    hub.quiet().await;
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_from_before_the_bots_period_is_kept_and_changes_nothing() {
    let hub = Hub::with(movable()).await;
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, QUESTION).await).await.conversation_id);
    hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;
    let phone = ada.wa_id.clone().unwrap();
    let began = hub.env.clock.now().timestamp();
    echo(&hub, &phone, "wamid.OLD", began - 60, "typed a minute ago").await;
    let old = hub.stored("wamid.OLD").await;
    assert!(!old.counts_as_human);
    let before = hub.conversation(id).await;
    assert_eq!((old.number, before.handler.as_str(), before.epoch), (3, "BOT", 0));
    echo(&hub, &phone, "wamid.NEW", began, "typed now").await;
    assert!(hub.stored("wamid.NEW").await.counts_as_human);
    hub.becomes(id, "OPEN").await;
    assert_eq!(hub.conversation(id).await.epoch, 1);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_edits_and_deletes_from_the_phone_never_take_over() {
    let hub = Hub::start().await;
    let ada = hub.customer("Ada");
    let asked = hub.stored(&hub.says(&ada, QUESTION).await).await;
    let id = ConversationId(asked.conversation_id);
    let sent = hub.simulator.wait_for_send(|_| true, tests::wait::LONG).await.expect("the bot answers");
    hub.quiet().await;
    let (question, answer) = (asked.provider_id.unwrap(), sent.wamid.unwrap());
    let phone = &hub.number.phone_number_id;
    let heart = Content::Reaction { to: question, emoji: Some("👍".into()) };
    hub.simulator.business_sends(phone, &ada, &heart).await;
    hub.simulator
        .business_sends(phone, &ada, &Content::Edit { of: answer.clone(), text: "better".into() })
        .await;
    hub.simulator.business_sends(phone, &ada, &Content::Revoke { of: answer }).await;
    until("the three are there", async || {
        let scope = hub.scope();
        let all = scope.find::<entity::message_change::Entity>().all(scope.reader()).await.unwrap();
        (all.len() == 3).then_some(())
    })
    .await;
    hub.quiet().await;
    let after = hub.conversation(id).await;
    assert_eq!((after.status.as_str(), after.last_number), ("BOT_HANDLING", 2));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn echoes_outside_of_a_session_are_appended_and_open_nothing() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    let stranger = hub.customer("Bob");
    let first = hub.stored(&hub.types(&stranger, "We have news for you").await).await;
    assert!(first.out_of_session && first.session_id.is_none(), "nobody had a session with Bob yet");
    let id = ConversationId(first.conversation_id);
    assert_eq!(hub.conversation(id).await.status, "CLOSED");
    assert_eq!(hub.conversation(id).await.window_closes_at, None, "and no window is open");
    let asked = hub.stored(&hub.says(&stranger, "Thanks").await).await;
    conversation::close(&hub.env, &hub.actor, id).await.unwrap();
    let later = hub.stored(&hub.types(&stranger, "Good bye").await).await;
    assert_eq!((later.number, later.out_of_session, later.session_id), (3, true, asked.session_id));
    assert_eq!(hub.conversation(id).await.status, "CLOSED");
    // The business writing to itself makes no contact.
    let widget = domain::widget::load(&hub.scope(), &[hub.widget]).await.unwrap().remove(0);
    let own: String = widget.display_phone_number.unwrap().chars().filter(char::is_ascii_digit).collect();
    let now = hub.env.clock.now().timestamp().to_string();
    let note = json!({"from": own, "to": own, "id": "wamid.SELF", "timestamp": now, "type": "text", "text": {"body": "a note"}});
    hub.meta_posts("smb_message_echoes", json!({"message_echoes": [note]})).await;
    until("it is told apart", async || {
        let scope = hub.scope();
        let elements = scope.find::<entity::inbound_element::Entity>().all(scope.reader()).await.unwrap();
        elements.iter().any(|element| element.reason.as_deref() == Some("NOBODY")).then_some(())
    })
    .await;
    let contacts =
        hub.client.data("{ contacts { nodes { name } } }", json!({})).await["contacts"]["nodes"].take();
    assert_eq!(contacts.as_array().map(Vec::len), Some(1), "{contacts}");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_member_sent_in_vain_can_be_sent_again_by_hand_and_names_the_old_one() {
    let hub = Hub::with(Options { movable_clock: true, bot: false, ..Options::default() }).await;
    hub.simulator.script().statuses(false);
    let ada = hub.customer("Ada");
    let id = ConversationId(hub.stored(&hub.says(&ada, "hello").await).await.conversation_id);
    let conversation = json!(id.to_string());
    let send = async |text: &str| {
        let input = json!({"conversationId": conversation, "text": text});
        hub.client.mutate("messageSend", input, "message { id number }").await["message"].take()
    };
    let arrived = send("this one arrives").await;
    until("it is sent", async || (hub.deliveries(id).await[0].state == "SENT").then_some(())).await;
    hub.simulator.script().drop_next(1);
    let lost = send("is this one lost?").await;
    until("it is unknown", async || {
        hub.deliveries(id).await.iter().any(|delivery| delivery.state == "UNKNOWN").then_some(())
    })
    .await;
    let resend = async |message: &Value| {
        let input = json!({"messageId": message["id"]});
        hub.client.attempt("messageResend", input, "message { number text resendOf { number } }").await
    };
    let (_, errors) = resend(&arrived).await;
    assert_eq!(errors[0]["code"], "INVALID_TRANSITION", "what arrived is not sent twice");
    let (payload, errors) = resend(&lost).await;
    assert_eq!(errors, json!([]));
    assert_eq!(
        payload["message"],
        json!({"number": 4, "text": "is this one lost?", "resendOf": {"number": 3}})
    );
    hub.advance(TimeDelta::seconds(10));
    until("it is sent", async || (hub.simulator.sends().len() == 3).then_some(())).await;
    hub.quiet().await;
    hub.finish().await;
}

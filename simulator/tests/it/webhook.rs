use serde_json::{Value, json};
use simulator::{Content, Side, Simulator};

use crate::{
    caller::{error, get, send, text},
    receiver::{LONG, NUMBER, Receiver, SECOND, WABA, pair},
};

#[tokio::test]
async fn a_customers_text_has_the_modern_shape_and_metas_escapes() {
    let (simulator, receiver) = pair().await;
    let ada = simulator.customer(Some("16505551234"), Some("US.123"), "Ada / 愛達");
    let wamid = simulator.customer_says(NUMBER, &ada, "轉真人 😀 a/b").await;
    assert!(simulator.settled(LONG).await);
    let raw = String::from_utf8(receiver.attempts()[0].clone()).unwrap();
    assert!(raw.is_ascii() && raw.contains(r"\u8f49\u771f\u4eba \ud83d\ude00 a\/b"), "{raw}");
    let body = &receiver.bodies()[0];
    assert_eq!(
        (&body["object"], &body["entry"][0]["id"]),
        (&json!("whatsapp_business_account"), &json!(WABA))
    );
    assert_eq!(body["entry"][0]["changes"][0]["field"], "messages");
    let value = &body["entry"][0]["changes"][0]["value"];
    assert_eq!(value["messaging_product"], "whatsapp");
    assert_eq!(value["metadata"], json!({"display_phone_number": "15550783881", "phone_number_id": NUMBER}));
    assert_eq!(
        value["contacts"],
        json!([{"profile": {"name": "Ada / 愛達"}, "wa_id": "16505551234", "user_id": "US.123"}])
    );
    let message = &value["messages"][0];
    assert_eq!((&message["from"], &message["from_user_id"]), (&json!("16505551234"), &json!("US.123")));
    assert_eq!((&message["id"], &message["type"]), (&json!(wamid), &json!("text")));
    assert_eq!(message["text"]["body"], "轉真人 😀 a/b");
    assert!(message["timestamp"].as_str().unwrap().parse::<i64>().is_ok());
}

#[tokio::test]
async fn a_delivery_without_a_200_comes_again_unchanged_and_in_order() {
    let (simulator, receiver) = pair().await;
    let ada = simulator.customer(None, None, "Ada");
    receiver.answer(503);
    let first = simulator.customer_says(NUMBER, &ada, "one").await;
    let second = simulator.customer_says(NUMBER, &ada, "two").await;
    assert!(!simulator.settled(SECOND / 2).await);
    receiver.answer(204);
    assert!(!simulator.settled(SECOND / 2).await, "204 is not 200");
    assert!(receiver.attempts().len() > 2);
    assert!(receiver.attempts().windows(2).all(|pair| pair[0] == pair[1]));
    receiver.answer(200);
    assert!(simulator.settled(LONG).await);
    let ids: Vec<Value> = receiver.elements("messages").iter().map(|message| message["id"].clone()).collect();
    assert_eq!(ids, [json!(first), json!(second)]);
}

#[tokio::test]
async fn a_callback_that_moves_gets_what_was_waiting() {
    let (simulator, _receiver) = pair().await;
    simulator.set_callback("default", "http://127.0.0.1:9/nobody");
    let ada = simulator.customer(None, None, "Ada");
    simulator.customer_says(NUMBER, &ada, "one").await;
    assert!(!simulator.settled(SECOND / 5).await);
    let moved = Receiver::start().await;
    simulator.set_callback("default", &moved.url);
    assert!(simulator.settled(LONG).await);
    assert_eq!(moved.elements("messages").len(), 1);
}

#[tokio::test]
async fn nothing_is_posted_beyond_loopback() {
    let (simulator, _receiver) = pair().await;
    for url in ["http://example.com/", "https://127.0.0.1/", "not a url"] {
        simulator.set_callback("default", url);
        assert_eq!(simulator.post_raw("default", b"{}".to_vec()).await, 0);
    }
    assert_eq!(simulator.post_raw("unknown", b"{}".to_vec()).await, 0);
}

#[tokio::test]
async fn raw_bytes_are_signed_as_they_are_and_posted_once() {
    let (simulator, receiver) = pair().await;
    receiver.answer(500);
    assert_eq!(simulator.post_raw("default", b"\x00not json".to_vec()).await, 500);
    assert_eq!(receiver.attempts(), [b"\x00not json".to_vec()]);
    assert_eq!(Simulator::sign("k", b"").len(), 71);
}

#[tokio::test]
async fn the_phone_app_echoes_and_both_phones_agree() {
    let (simulator, receiver) = pair().await;
    let lin = simulator.customer(None, Some("TW.77"), "Lin");
    let asked = simulator.customer_says(NUMBER, &lin, "open?").await;
    let reply = Content::Reply { to: asked.clone(), text: "yes".into() };
    let answered = simulator.business_sends(NUMBER, &lin, &reply).await;
    simulator
        .business_sends(NUMBER, &lin, &Content::Edit { of: answered.clone(), text: "yes!".into() })
        .await;
    simulator
        .customer_sends(NUMBER, &lin, &Content::Reaction { to: answered.clone(), emoji: Some("👍".into()) })
        .await;
    simulator.customer_sends(NUMBER, &lin, &Content::Revoke { of: asked.clone() }).await;
    assert!(simulator.settled(LONG).await);
    let echoes = receiver.elements("message_echoes");
    assert_eq!((&echoes[0]["from"], &echoes[0]["to_user_id"]), (&json!("15550783881"), &json!("TW.77")));
    assert!(echoes[0].get("to").is_none());
    assert_eq!(echoes[0]["context"]["id"], json!(asked));
    assert_eq!(echoes[1]["edit"]["original_message_id"], json!(answered));
    let thread = simulator.thread(NUMBER, &lin);
    assert_eq!(thread.len(), 2);
    assert!(thread[0].revoked && thread[1].edited && thread[1].app);
    assert_eq!((thread[1].from, thread[1].text.as_str()), (Side::Business, "yes!"));
    assert_eq!(thread[1].reaction.as_deref(), Some("👍"));
    assert_eq!(simulator.threads(NUMBER).len(), 1);
}

#[tokio::test]
async fn offboarded_numbers_are_silent_and_refuse_until_they_return() {
    let (simulator, receiver) = pair().await;
    let ada = simulator.customer(Some("16505551234"), None, "Ada");
    simulator.script().offboard(NUMBER).offboard(WABA);
    simulator.customer_says(NUMBER, &ada, "lost").await;
    assert_eq!(error(send(&simulator, &text("x", "r")).await).await.1["code"], 133_010);
    let (_, fault) = error(get(&simulator, NUMBER).await).await;
    assert_eq!((fault["code"].as_i64(), fault["error_subcode"].as_i64()), (Some(100), Some(33)));
    simulator.script().reconnect(WABA);
    assert_eq!(send(&simulator, &text("x", "r")).await.status(), 200);
    assert!(simulator.settled(LONG).await);
    let events: Vec<Value> = receiver
        .changes()
        .iter()
        .map(|change| change["value"]["event"].clone())
        .filter(Value::is_string)
        .collect();
    assert_eq!(events, ["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"]);
    assert!(receiver.elements("messages").is_empty());
    assert!(simulator.thread(NUMBER, &ada)[0].unseen && !simulator.thread(NUMBER, &ada)[1].unseen);
}

#[tokio::test]
async fn a_ghost_comes_before_its_message_under_one_id() {
    let (simulator, receiver) = pair().await;
    simulator.script().ghost_next(1, SECOND / 20);
    let ada = simulator.customer(None, None, "Ada");
    let wamid = simulator.customer_says(NUMBER, &ada, "first contact").await;
    let alone = simulator.customer_ghost(NUMBER, &ada).await;
    assert!(simulator.settled(LONG).await);
    let messages = receiver.elements("messages");
    let kinds = |id: &str| -> Vec<Value> {
        messages.iter().filter(|m| m["id"] == id).map(|m| m["type"].clone()).collect()
    };
    assert_eq!(kinds(&wamid), ["unsupported", "text"]);
    assert_eq!(kinds(&alone), ["unsupported"]);
}

#[tokio::test]
async fn a_new_user_id_is_told_and_the_thread_stays() {
    let (simulator, receiver) = pair().await;
    let lin = simulator.customer(None, Some("TW.77"), "Lin");
    simulator.customer_says(NUMBER, &lin, "one").await;
    let renamed = simulator.change_user_id(NUMBER, &lin, "TW.78").await;
    simulator.customer_says(NUMBER, &lin, "two").await;
    assert!(simulator.settled(LONG).await);
    let update = &receiver.elements("user_id_update")[0];
    assert_eq!(update["user_id"], json!({"previous": "TW.77", "current": "TW.78"}));
    assert_eq!(receiver.elements("messages")[1]["from_user_id"], "TW.78");
    assert_eq!(simulator.thread(NUMBER, &renamed).len(), 2);
}

#[tokio::test]
async fn dropping_the_last_handle_ends_everything() {
    let (simulator, receiver) = pair().await;
    let url = format!("{}/{NUMBER}", simulator.graph_url());
    receiver.answer(500);
    let ada = simulator.customer(None, None, "Ada");
    simulator.customer_says(NUMBER, &ada, "one").await;
    drop(simulator);
    tokio::time::sleep(SECOND / 10).await;
    let attempts = receiver.attempts().len();
    tokio::time::sleep(SECOND / 2).await;
    assert_eq!(receiver.attempts().len(), attempts);
    assert!(crate::caller::client().get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn the_handshake_asks_for_the_challenge() {
    let (simulator, _receiver) = pair().await;
    assert!(simulator.handshake("default", "vt").await);
    assert!(!simulator.handshake("default", "wrong").await);
    assert!(!simulator.handshake("unknown", "vt").await);
}

use serde_json::{Value, json};
use simulator::{Delay, Fault, Ladder, Outcome, Side};

use crate::{
    caller::{error, request, send, text},
    receiver::{LONG, NUMBER, SECOND, pair},
};

#[tokio::test]
async fn a_text_is_accepted_recorded_shown_and_followed_by_its_statuses() {
    let (simulator, receiver) = pair().await;
    let ada = simulator.customer(Some("16505551234"), None, "Ada");
    let answer: Value = send(&simulator, &text("你好 / 😀", "job-42")).await.json().await.unwrap();
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(answer["contacts"][0], json!({"input": "16505551234", "wa_id": "16505551234"}));
    assert!(simulator.settled(LONG).await);

    let sends = simulator.sends();
    assert_eq!(sends.len(), 1);
    assert_eq!((sends[0].sequence, sends[0].outcome), (1, Outcome::Accepted));
    assert_eq!((sends[0].text.as_str(), sends[0].reference.as_deref()), ("你好 / 😀", Some("job-42")));
    assert_eq!(sends[0].wamid.as_deref(), Some(wamid.as_str()));
    let thread = simulator.thread(NUMBER, &ada);
    assert_eq!(
        (thread[0].from, thread[0].app, thread[0].wamid.clone()),
        (Side::Business, false, wamid.clone())
    );

    let statuses = receiver.elements("statuses");
    assert_eq!(
        statuses.iter().map(|s| s["status"].as_str().unwrap()).collect::<Vec<_>>(),
        ["sent", "delivered", "read"]
    );
    for status in &statuses {
        assert_eq!((&status["id"], &status["biz_opaque_callback_data"]), (&json!(wamid), &json!("job-42")));
        assert_eq!(
            (&status["recipient_id"], &status["recipient_user_id"]),
            (&json!("16505551234"), &json!(ada.user_id))
        );
    }
    let contact = json!({"wa_id": "16505551234", "user_id": ada.user_id});
    assert_eq!(receiver.changes()[0]["value"]["contacts"], json!([contact]), "statuses carry no profile");
    assert!(receiver.elements("message_echoes").is_empty(), "own sends are not echoed");
}

#[tokio::test]
async fn a_customer_without_a_number_is_reached_by_user_id() {
    let (simulator, receiver) = pair().await;
    let lin = simulator.customer(None, Some("TW.77"), "Lin");
    let mut body = text("hi", "r");
    body["to"] = Value::Null;
    body["recipient"] = json!("TW.77");
    body["context"] = json!({"message_id": "wamid.Q"});
    let answer: Value = send(&simulator, &body).await.json().await.unwrap();
    assert_eq!(answer["contacts"][0], json!({"input": "TW.77", "user_id": "TW.77"}));
    assert!(simulator.settled(LONG).await);
    assert_eq!(simulator.thread(NUMBER, &lin)[0].reply_to.as_deref(), Some("wamid.Q"));
    assert!(receiver.elements("statuses").iter().all(|status| status.get("recipient_id").is_none()));
}

#[tokio::test]
async fn receipts_are_kept_apart_from_sends() {
    let (simulator, _receiver) = pair().await;
    let receipt = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X",
        "typing_indicator": {"type": "text"}});
    let answer: Value = send(&simulator, &receipt).await.json().await.unwrap();
    assert_eq!(answer, json!({"success": true}));
    assert!(simulator.sends().is_empty());
    assert_eq!((simulator.reads()[0].message_id.as_str(), simulator.reads()[0].typing), ("wamid.X", true));
}

#[tokio::test]
async fn held_sends_are_recorded_and_answered_on_release() {
    let (simulator, receiver) = pair().await;
    simulator.hold_sends();
    let waiting = tokio::spawn(request(&simulator, &text("one", "r1")).send());
    let sent = simulator.wait_for_send(|sent| sent.reference.as_deref() == Some("r1"), LONG).await.unwrap();
    assert_eq!(sent.outcome, Outcome::Accepted);
    assert!(!simulator.settled(SECOND / 5).await, "its statuses are still to come");
    assert!(!waiting.is_finished() && receiver.elements("statuses").is_empty());
    simulator.release_sends();
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("statuses").len(), 3);
}

#[tokio::test]
async fn a_caller_that_gives_up_has_sent_all_the_same() {
    let (simulator, receiver) = pair().await;
    simulator.hold_sends();
    assert!(request(&simulator, &text("one", "r1")).timeout(SECOND / 4).send().await.is_err());
    // The server notices the closed connection before the release, give it that moment.
    tokio::time::sleep(SECOND / 4).await;
    simulator.release_sends();
    assert!(simulator.settled(LONG).await);
    assert_eq!(simulator.sends()[0].outcome, Outcome::DroppedAfterAccept);
    assert_eq!(receiver.elements("statuses").len(), 3);
}

#[tokio::test]
async fn the_ladder_can_be_cut_run_ahead_or_end_in_failure() {
    let (simulator, receiver) = pair().await;
    let script = simulator.script();
    script
        .ladder(Ladder { sent: Some(Delay::NONE), delivered: None, read: None })
        .statuses_before_answer(true);
    simulator.hold_sends();
    let waiting = tokio::spawn(request(&simulator, &text("one", "r1")).send());
    simulator.wait_for_send(|_| true, LONG).await.unwrap();
    tokio::time::sleep(SECOND / 4).await;
    assert_eq!(receiver.elements("statuses").len(), 1);
    simulator.release_sends();
    waiting.await.unwrap().unwrap();

    script.fail_later(1, Fault::undeliverable());
    assert_eq!(send(&simulator, &text("two", "r2")).await.status(), 200);
    assert!(simulator.settled(LONG).await);
    let failed = receiver.elements("statuses").pop().unwrap();
    assert_eq!((&failed["status"], &failed["errors"][0]["code"]), (&json!("failed"), &json!(131_026)));
    assert_eq!((&failed["recipient_id"], failed.get("recipient_user_id")), (&json!("16505551234"), None));
    let value = receiver.changes().pop().unwrap()["value"].clone();
    assert_eq!(value["contacts"], json!([{ "wa_id": "16505551234" }]), "nobody may be behind the number");
    script.statuses(false);
    send(&simulator, &text("three", "r3")).await;
    assert!(simulator.settled(LONG).await);
    assert_eq!(receiver.elements("statuses").len(), 2);
}

#[tokio::test]
async fn refused_sends_are_recorded_with_their_code() {
    let (simulator, _receiver) = pair().await;
    let (status, fault) = error(send(&simulator, &text(&"x".repeat(4097), "r")).await).await;
    assert_eq!((status, &fault["code"]), (400, &json!(100)));
    let (_, fault) = error(request(&simulator, &json!(7)).body("{").send().await.unwrap()).await;
    assert_eq!(fault["code"], 100);
    let outcomes: Vec<_> = simulator.sends().iter().map(|sent| sent.outcome).collect();
    assert_eq!(outcomes, [Outcome::Refused(100), Outcome::Refused(100)]);
    assert!(simulator.sends().iter().all(|sent| sent.wamid.is_none()));
}

//! The door for Meta: what is signed is kept, what is not is refused, and nothing that is kept can hurt.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use simulator::Simulator;
use tests::wait::until;
use tests::{Hub, Options};

async fn stored_bodies(hub: &Hub) -> usize {
    #[expect(clippy::disallowed_methods, reason = "the ledger belongs to no workspace")]
    entity::ledger::Entity::find().all(hub.env.database.reader()).await.unwrap().len()
}

async fn post(hub: &Hub, path: &str, signature: Option<&str>, body: Vec<u8>) -> u16 {
    let mut request = tests::client::http().post(format!("{}{path}", hub.client.base)).body(body);
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    request.send().await.unwrap().status().as_u16()
}

fn quiet() -> Options {
    Options { bot: false, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_signature_is_refused_and_nothing_is_stored() {
    let hub = Hub::with(quiet()).await;
    let body = b"{}".to_vec();
    let right = Simulator::sign(&hub.number.app_secret, &body);
    let wrong = Simulator::sign("another secret", &body);
    for signature in
        [None, Some(""), Some("sha256="), Some("sha256=zz"), Some(wrong.as_str()), Some(&right[..70])]
    {
        assert_eq!(post(&hub, "/webhooks/whatsapp", signature, body.clone()).await, 401, "{signature:?}");
    }
    assert_eq!(stored_bodies(&hub).await, 0);
    assert_eq!(post(&hub, "/webhooks/whatsapp", Some(&right), body.clone()).await, 200);
    assert_eq!(post(&hub, "/webhooks/whatsapp/default", Some(&right), body).await, 200);
    assert_eq!(stored_bodies(&hub).await, 1, "a redelivery is one body");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_app_is_404_and_an_oversized_body_413() {
    let hub = Hub::with(quiet()).await;
    let body = b"{}".to_vec();
    let signed = Simulator::sign(&hub.number.app_secret, &body);
    assert_eq!(post(&hub, "/webhooks/whatsapp/nobody", Some(&signed), body).await, 404);
    let huge = vec![b' '; 5 << 20];
    let signed = Simulator::sign(&hub.number.app_secret, &huge);
    assert_eq!(post(&hub, "/webhooks/whatsapp", Some(&signed), huge).await, 413);
    assert_eq!(stored_bodies(&hub).await, 0);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handshake_answers_the_challenge_only_to_the_right_token() {
    let hub = Hub::with(quiet()).await;
    let get = async |query: &str| {
        let answer = tests::client::http()
            .get(format!("{}/webhooks/whatsapp?{query}", hub.client.base))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(
        get("hub.mode=subscribe&hub.verify_token=verify&hub.challenge=1158201444").await,
        (200, "1158201444".into())
    );
    assert_eq!(get("hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1").await.0, 403);
    assert_eq!(get("").await.0, 403);
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_bodies_are_kept_and_settled_and_the_next_message_is_applied() {
    let hub = Hub::with(quiet()).await;
    let number = &hub.number.phone_number_id;
    let value = |value: &str| {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{value}}}]}}]}}"#
        )
    };
    let meta = format!(r#""metadata":{{"phone_number_id":"{number}"}}"#);
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies = [
        String::new(),
        "null".into(),
        "[]".into(),
        "{".into(),
        r#"{"object":"page"}"#.into(),
        r#"{"object":"whatsapp_business_account"}"#.into(),
        r#"{"object":"whatsapp_business_account","entry":null}"#.into(),
        r#"{"object":"whatsapp_business_account","entry":[null,5,{}]}"#.into(),
        deep.clone(),
        value("null"),
        value("{}"),
        value(&deep),
        value(&format!(r#"{{{meta},"messages":null,"statuses":[null]}}"#)),
        value(&format!(r#"{{{meta},"messages":[{{"from":886911111111,"id":1,"timestamp":1739321024,"type":"text","text":{{"body":"numbers"}}}}]}}"#)),
        value(&format!(r#"{{{meta},"messages":[{{"from":"886911111111","id":"odd-nul","timestamp":"x","type":"text","text":{{"body":"a\u0000b\ud83d"}}}}]}}"#)),
        value(&format!(r#"{{{meta},"messages":[{{"from":"886911111111","id":"odd-kind","timestamp":null,"type":"hologram","hologram":{{}}}}]}}"#)),
        value(&format!(r#"{{{meta},"messages":[{{"from":"886911111111","id":"odd-text","type":"text","text":null}}]}}"#)),
        value(r#"{"metadata":{"phone_number_id":"123456123"},"messages":[{"from":"1","id":"test","timestamp":"1","type":"text","text":{"body":"dashboard"}}]}"#),
        r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"brand_new","value":{"x":1}}]}]}"#.into(),
    ];
    for body in &bodies {
        assert_eq!(
            hub.simulator.post_raw(&hub.number.app, body.clone().into_bytes()).await,
            200,
            "{body:.80}"
        );
    }
    hub.quiet().await;
    let ada = hub.customer("Ada");
    hub.stored(&hub.says(&ada, "still here?").await).await;
    let texts: Vec<_> = {
        let scope = hub.scope();
        let all = scope.find::<entity::message::Entity>().all(scope.reader()).await.unwrap();
        all.into_iter().map(|message| message.text).collect()
    };
    for text in ["numbers", "a\u{fffd}b\u{fffd}", "[unsupported message]", "still here?"] {
        assert!(texts.iter().any(|stored| stored == text), "{text:?} in {texts:?}");
    }
    assert_eq!(stored_bodies(&hub).await, bodies.len() + 1, "each body is kept");
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_another_app_is_kept_as_unroutable_and_changes_nothing() {
    let hub = Hub::with(quiet()).await;
    // The number says that another app brings its webhooks.
    use sea_orm::ConnectionTrait;
    hub.env.database.writer().execute_unprepared("UPDATE widget SET meta_app = 'elsewhere'").await.unwrap();
    hub.says(&hub.customer("Ada"), "hello").await;
    let element = until("the element has its outcome", async || {
        #[expect(clippy::disallowed_methods, reason = "an unroutable element belongs to no workspace")]
        let query = entity::inbound_element::Entity::find()
            .filter(entity::inbound_element::Column::Outcome.is_not_null());
        query.one(hub.env.database.reader()).await.unwrap()
    })
    .await;
    assert_eq!(
        (element.outcome.as_deref(), element.reason.as_deref()),
        (Some("UNROUTABLE"), Some("WRONG_APP"))
    );
    assert_eq!(element.workspace_id, None);
    let scope = hub.scope();
    assert!(scope.find::<entity::contact::Entity>().all(scope.reader()).await.unwrap().is_empty());
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarantined_element_is_listed_and_replayed() {
    let hub = Hub::with(quiet()).await;
    hub.meta_posts("messages", json!({"messages": ["odd"]})).await;
    hub.quiet().await;
    let list = "{ quarantinedElements { nodes { id reason } } }";
    let listed = hub.client.data(list, json!({})).await["quarantinedElements"]["nodes"].take();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert!(listed[0]["reason"].as_str().unwrap().starts_with("MALFORMED"), "{listed}");
    // Nothing was mended, so it is read again and quarantined again.
    let input = json!({"quarantinedElementId": listed[0]["id"]});
    hub.client.mutate("quarantinedElementReplay", input, "quarantinedElement { id }").await;
    hub.quiet().await;
    assert_eq!(
        hub.client.data(list, json!({})).await["quarantinedElements"]["nodes"].as_array().map(Vec::len),
        Some(1)
    );
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_come_at_the_same_time_are_each_stored_and_counted() {
    let hub = Hub::with(Options { jobs: false, ..quiet() }).await;
    let posts = (0..120).map(|n| {
        // Every third is one that another request brings at the same moment.
        let body = serde_json::to_vec(&json!({"n": n / 3 * 2 + (n % 3).min(1)})).unwrap();
        let (meta, app) = (hub.simulator.clone(), hub.number.app.clone());
        tokio::spawn(async move { meta.post_raw(&app, body).await })
    });
    for post in posts.collect::<Vec<_>>() {
        assert_eq!(post.await.unwrap(), 200);
    }
    #[expect(clippy::disallowed_methods, reason = "the ledger belongs to no workspace")]
    let rows = entity::ledger::Entity::find().all(hub.env.database.reader()).await.unwrap();
    let mut counts: Vec<i64> = rows.iter().map(|row| row.deliveries).collect();
    counts.sort_unstable();
    assert_eq!(counts, [vec![1; 40], vec![2; 40]].concat());
    let mut hub = hub;
    hub.stop().await;
    hub.restart(true).await;
    hub.finish().await;
}

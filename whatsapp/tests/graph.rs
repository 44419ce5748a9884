//! What the client concludes from answers, silence, and broken connections.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use whatsapp::{Accepted, CallError, ErrorClass, Graph, Recipient, Sync, TextSend, classify};

fn graph(base: &str) -> Graph {
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "the caller of this crate brings the client")]
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build().unwrap();
    Graph::new(http, base, "v25.0")
}

async fn send(base: &str) -> Result<Accepted, CallError> {
    let to = Recipient::Phone("886911222333".into());
    let send = TextSend { to: &to, text: "hello", reference: "m:1", reply_to: None };
    graph(base).send_text("token", "5", &send).await
}

/// A server that gives one answer to every send; its address.
async fn answering(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> String {
    let handler = move || async move {
        let mut answer = axum::response::Response::new(axum::body::Body::from(body));
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            answer.headers_mut().insert(*name, value.parse().unwrap());
        }
        answer
    };
    serve(Router::new().route("/v25.0/5/messages", post(handler))).await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

#[tokio::test]
async fn an_accepted_text_has_its_id_and_was_asked_for_properly() {
    let handler = |headers: axum::http::HeaderMap, Json(body): Json<Value>| async move {
        assert_eq!(headers["authorization"], "Bearer token");
        assert_eq!(
            (&body["to"], &body["text"]["body"], &body["biz_opaque_callback_data"]),
            (&json!("886911222333"), &json!("hello"), &json!("m:1"))
        );
        Json(json!({"contacts": [{"wa_id": "886911222333"}], "messages": [{"id": "wamid.9"}]}))
    };
    let base = serve(Router::new().route("/v25.0/5/messages", post(handler))).await;
    let accepted = send(&base).await.unwrap();
    assert_eq!((accepted.message_id.as_str(), accepted.wa_id.as_deref()), ("wamid.9", Some("886911222333")));
}

#[tokio::test]
async fn a_refusal_keeps_meta_s_words_and_its_time_to_wait() {
    let base = answering(
        429,
        &[("retry-after", "7")],
        r#"{"error":{"code":130429,"message":"slow down","fbtrace_id":"A"}}"#,
    )
    .await;
    let Err(CallError::Refused(error)) = send(&base).await else { panic!("refused") };
    assert_eq!((error.code, error.retry_after, error.http), (130_429, Some(7), Some(429)));
    assert_eq!(classify(&error), ErrorClass::ThrottleNumber);
}

#[tokio::test]
async fn what_may_have_been_sent_is_unknown() {
    let unsure = [
        answering(503, &[], "<html>bad gateway</html>").await,
        answering(200, &[], "not json").await,
        answering(200, &[], "{}").await,
        answering(500, &[], r#"{"error":{"code":131000,"message":"something went wrong"}}"#).await,
    ];
    for base in unsure {
        assert!(matches!(send(&base).await, Err(CallError::Unknown { .. })), "{base}");
    }
    // Accepts the connection, reads, and hangs up.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut some = [0; 64];
            let _ = socket.readable().await;
            let _ = socket.try_read(&mut some);
        }
    });
    assert!(matches!(send(&base).await, Err(CallError::Unknown { .. })));
}

#[tokio::test]
async fn a_closed_port_means_that_nothing_was_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let Err(error @ CallError::NotWritten { .. }) = send(&base).await else { panic!("not written") };
    assert!(!format!("{error:?}").contains("token"), "the token is nobody's business");
}

/// A server that writes down what it is asked and gives one answer; its address and what it saw.
async fn recording(answer: Value) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let book = seen.clone();
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: String| async move {
        let bearer =
            headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or("nobody").to_owned();
        book.lock().unwrap().push(format!("{method} {uri} as {bearer}: {body}"));
        Json(answer)
    };
    (serve(Router::new().fallback(handler)).await, seen)
}

#[tokio::test]
async fn a_reply_a_user_id_and_a_receipt_are_written_as_meta_reads_them() {
    let (base, seen) =
        recording(json!({"messages": [{"id": "wamid.1"}], "contacts": [{"user_id": "TW.1"}]})).await;
    let to = Recipient::UserId("TW.1".into());
    let send = TextSend { to: &to, text: "hi", reference: "m:1", reply_to: Some("wamid.0") };
    let accepted = graph(&base).send_text("token", "5", &send).await.unwrap();
    assert_eq!(accepted.user_id.as_deref(), Some("TW.1"));
    graph(&base).mark_read("token", "5", "wamid.0", true).await.unwrap();
    let bodies: Vec<Value> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|line| serde_json::from_str(line.split_once(": ").unwrap().1).unwrap())
        .collect();
    assert_eq!((&bodies[0]["recipient"], &bodies[0]["to"]), (&json!("TW.1"), &Value::Null));
    assert_eq!(bodies[0]["context"], json!({"message_id": "wamid.0"}));
    let receipt = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.0", "typing_indicator": {"type": "text"}});
    assert_eq!(bodies[1], receipt);
}

#[tokio::test]
async fn subscriptions_are_made_listed_and_ended() {
    let apps =
        json!({"success": true, "data": [{"whatsapp_business_api_data": {"id": "67", "name": "ours"}}, {}]});
    let (base, seen) = recording(apps).await;
    let graph = graph(&base);
    graph.subscribe("token", "77").await.unwrap();
    assert_eq!(graph.subscribed_apps("token", "77").await.unwrap(), ["67"]);
    graph.unsubscribe("token", "77").await.unwrap();
    let path = "/v25.0/77/subscribed_apps as Bearer token";
    let expected = [format!("POST {path}: null"), format!("GET {path}: "), format!("DELETE {path}: ")];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn the_phone_s_data_are_asked_for_by_name() {
    let (base, seen) = recording(json!({"request_id": "r1"})).await;
    assert_eq!(graph(&base).sync("token", "5", Sync::Contacts).await.unwrap().as_deref(), Some("r1"));
    graph(&base).sync("token", "5", Sync::History).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        seen[0].contains("POST /v25.0/5/smb_app_data")
            && seen[0].contains(r#""sync_type":"smb_app_state_sync""#)
    );
    assert!(seen[1].contains(r#""sync_type":"history""#));
}

#[tokio::test]
async fn a_code_becomes_a_token_without_one_and_a_token_tells_about_itself() {
    let (base, seen) =
        recording(json!({"access_token": "EAA", "token_type": "bearer", "expires_in": 0})).await;
    let exchanged = graph(&base).exchange_code("1", "s&cret", "co/de=").await.unwrap();
    assert_eq!((exchanged.access_token.as_str(), exchanged.expires_in), ("EAA", None));
    assert!(!format!("{exchanged:?}").contains("EAA"), "the token stays out of logs");
    let asked =
        "GET /v25.0/oauth/access_token?client_id=1&client_secret=s%26cret&code=co%2Fde%3D as nobody: ";
    assert_eq!(*seen.lock().unwrap(), [asked]);

    let info = json!({"data": {"app_id": "67", "is_valid": true, "expires_at": 1_800_000_000, "scopes": ["a", "b"]}});
    let (base, seen) = recording(info).await;
    let token = graph(&base).debug_token("to ken").await.unwrap();
    assert_eq!((token.is_valid, token.app_id.as_deref(), token.scopes.len()), (true, Some("67"), 2));
    assert_eq!(token.expires_at.unwrap().timestamp(), 1_800_000_000);
    assert!(
        seen.lock().unwrap()[0].starts_with("GET /v25.0/debug_token?input_token=to+ken as Bearer to ken")
    );
    let (base, _) = recording(json!({"data": {"is_valid": false, "expires_at": 0}})).await;
    assert_eq!(graph(&base).debug_token("x").await.unwrap(), whatsapp::TokenInfo::default());
}

#[tokio::test]
async fn the_numbers_of_an_account_are_listed_with_what_meta_tells() {
    let numbers = json!({"data": [{"id": "5", "status": "CONNECTED", "is_on_biz_app": true, "quality_rating": "GREEN"}, {"odd": 1}]});
    let (base, _) = recording(numbers).await;
    let numbers = graph(&base).phone_numbers("token", "77").await.unwrap();
    assert_eq!(numbers.len(), 1, "what has no id is no number");
    assert_eq!((numbers[0].status.as_deref(), numbers[0].is_on_biz_app), (Some("CONNECTED"), Some(true)));
}

//! What the client concludes from answers, silence, and broken connections.

use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use whatsapp::{Accepted, CallError, ErrorClass, Graph, Recipient, TextSend, classify};

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

//! Calls the Graph API as a hub would.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use simulator::Simulator;

use crate::receiver::NUMBER;

pub fn client() -> Client {
    // Taken by whichever test is first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "a stranger to the simulator")]
    let builder = Client::builder();
    builder.no_proxy().build().unwrap()
}

pub fn request(simulator: &Simulator, body: &Value) -> RequestBuilder {
    client()
        .post(format!("{}/v25.0/{NUMBER}/messages", simulator.graph_url()))
        .bearer_auth("simulator-token")
        .json(body)
}

pub fn text(text: &str, reference: &str) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234",
        "type": "text", "text": {"body": text}, "biz_opaque_callback_data": reference})
}

pub async fn send(simulator: &Simulator, body: &Value) -> Response {
    request(simulator, body).send().await.unwrap()
}

/// Status and `error` of an answer.
pub async fn error(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert!(body["error"]["fbtrace_id"].is_string(), "{body}");
    assert_eq!(body["error"]["type"], "OAuthException");
    (status, body["error"].clone())
}

pub async fn get(simulator: &Simulator, path: &str) -> Response {
    let url = format!("{}/{path}", simulator.graph_url());
    client().get(url).bearer_auth("simulator-token").send().await.unwrap()
}

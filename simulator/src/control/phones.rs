//! Phones and what the world saw, by HTTP.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal;
use crate::{content::Content, courier, customer::Customer, lock::lock, number::Number, world::Simulator};

/// A message from a phone: who, on which number, and a text or another content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    phone_number_id: String,
    wa_id: Option<String>,
    user_id: Option<String>,
    #[serde(default)]
    name: String,
    text: Option<String>,
    content: Option<Content>,
}

/// An app, and what its callback should know it by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handshake {
    app: String,
    verify_token: String,
}

#[derive(Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Deserialize)]
pub(crate) struct OfNumber {
    phone_number_id: Option<String>,
}

pub(crate) async fn link(State(simulator): State<Simulator>, Json(number): Json<Number>) -> Response {
    if !courier::may_call(&number.callback_url) {
        return refusal(StatusCode::BAD_REQUEST, "callback_url must be http on a loopback host");
    }
    let id = number.phone_number_id.clone();
    simulator.add_number(number);
    Json(json!({ "phone_number_id": id })).into_response()
}

pub(crate) async fn handshake(
    State(simulator): State<Simulator>,
    Json(shake): Json<Handshake>,
) -> Json<Value> {
    Json(json!({ "verified": simulator.handshake(&shake.app, &shake.verify_token).await }))
}

pub(crate) async fn customer_says(
    State(simulator): State<Simulator>,
    Json(message): Json<Message>,
) -> Response {
    match message.read(&simulator) {
        Err(refused) => *refused,
        Ok((number, customer, content)) => {
            let wamid = simulator.customer_sends(&number, &customer, &content).await;
            Json(json!({"wamid": wamid, "customer": customer})).into_response()
        }
    }
}

pub(crate) async fn business_types(
    State(simulator): State<Simulator>,
    Json(message): Json<Message>,
) -> Response {
    match message.read(&simulator) {
        Err(refused) => *refused,
        Ok((number, customer, content)) => {
            let wamid = simulator.business_sends(&number, &customer, &content).await;
            Json(json!({"wamid": wamid, "customer": customer})).into_response()
        }
    }
}

pub(crate) async fn sends(State(simulator): State<Simulator>, Query(query): Query<After>) -> Json<Value> {
    let sends = simulator.sends().into_iter().filter(|sent| sent.sequence > query.after).collect::<Vec<_>>();
    Json(json!({ "sends": sends }))
}

pub(crate) async fn reads(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({ "reads": simulator.reads() }))
}

pub(crate) async fn threads(
    State(simulator): State<Simulator>,
    Query(query): Query<OfNumber>,
) -> Json<Value> {
    let numbers = match query.phone_number_id {
        Some(number) => vec![number],
        None => lock(&simulator.world.accounts).numbers.keys().cloned().collect(),
    };
    let mut threads = Vec::new();
    for number in numbers {
        for (customer, messages) in simulator.threads(&number) {
            threads.push(json!({"phone_number_id": number, "customer": customer, "messages": messages}));
        }
    }
    Json(json!({ "threads": threads }))
}

impl Message {
    fn read(self, simulator: &Simulator) -> Result<(String, Customer, Content), Box<Response>> {
        let bad = |status, reason| Err(Box::new(refusal(status, reason)));
        if simulator.number(&self.phone_number_id).is_none() {
            return bad(StatusCode::NOT_FOUND, "no such phone_number_id");
        }
        let content = match (self.text, self.content) {
            (Some(text), None) => Content::Text(text),
            (None, Some(content)) => content,
            _ => return bad(StatusCode::BAD_REQUEST, "give either text or content"),
        };
        if self.wa_id.is_none() && self.user_id.is_none() {
            return bad(StatusCode::BAD_REQUEST, "give wa_id, user_id or both");
        }
        let customer = simulator.customer(self.wa_id.as_deref(), self.user_id.as_deref(), &self.name);
        Ok((self.phone_number_id, customer, content))
    }
}

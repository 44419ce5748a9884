//! A webhook that checks signature and shape of everything it gets, and answers as it is told.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use simulator::{Config, Number, Simulator};

pub const NUMBER: &str = "106540352242922";
pub const WABA: &str = "102290129340398";
pub const SECOND: Duration = Duration::from_secs(1);
pub const LONG: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
    answer: Arc<AtomicU16>,
    attempts: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Receiver {
            url: format!("http://{}/hook", socket.local_addr().unwrap()),
            seen: Arc::default(),
            answer: Arc::new(AtomicU16::new(200)),
            attempts: Arc::default(),
        };
        let router = Router::new().route("/hook", post(take).get(shake)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
        receiver
    }

    pub fn answer(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// Every delivery, those that were not taken included.
    pub fn attempts(&self) -> Vec<Vec<u8>> {
        self.attempts.lock().unwrap().clone()
    }

    /// The bodies that got a 200.
    pub fn bodies(&self) -> Vec<Value> {
        self.seen.lock().unwrap().iter().map(|body| serde_json::from_slice(body).unwrap()).collect()
    }

    /// Every change of every entry that got a 200, in order.
    pub fn changes(&self) -> Vec<Value> {
        let mut changes = Vec::new();
        for body in self.bodies() {
            for entry in body["entry"].as_array().unwrap() {
                changes.extend(entry["changes"].as_array().unwrap().clone());
            }
        }
        changes
    }

    /// Every element of one list (`messages`, `statuses`, ..).
    pub fn elements(&self, list: &str) -> Vec<Value> {
        let values = self.changes().into_iter().map(|change| change["value"][list].clone());
        values.filter_map(|elements| elements.as_array().cloned()).flatten().collect()
    }
}

async fn shake(Query(query): Query<HashMap<String, String>>) -> Result<String, StatusCode> {
    let fits = query["hub.mode"] == "subscribe" && query["hub.verify_token"] == "vt";
    if fits { Ok(query["hub.challenge"].clone()) } else { Err(StatusCode::FORBIDDEN) }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"simulator-secret").unwrap();
    mac.update(&body);
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    if headers["x-hub-signature-256"] != format!("sha256={expected}").as_str() {
        return StatusCode::UNAUTHORIZED;
    }
    receiver.attempts.lock().unwrap().push(body.to_vec());
    let answer = StatusCode::from_u16(receiver.answer.load(Ordering::SeqCst)).unwrap();
    if answer == StatusCode::OK {
        receiver.seen.lock().unwrap().push(body.to_vec());
    }
    answer
}

/// A simulator with one number and its receiver.
pub async fn pair() -> (Simulator, Receiver) {
    let receiver = Receiver::start().await;
    let simulator = Simulator::start(Config {
        control_addr: Some("127.0.0.1:0".parse().unwrap()),
        seed: 1,
        ..Config::default()
    })
    .await
    .unwrap();
    simulator.add_number(Number::example(&receiver.url));
    (simulator, receiver)
}

//! A server of a stranger's, which tells the state of orders when it may.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    pub order: String,
    pub key: String,
    pub authorization: String,
}

#[derive(Clone)]
pub struct Shop {
    pub base: String,
    came: Arc<Mutex<Vec<Came>>>,
    /// Whose orders wait for an answer: everybody's, one's, or nobody's.
    held: watch::Sender<Held>,
}

#[derive(Clone, PartialEq, Eq)]
enum Held {
    All,
    One(String),
    None,
}

impl Shop {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shop = Self { base, came: Arc::default(), held: watch::Sender::new(Held::None) };
        let routes = Router::new().route("/{order}", axum::routing::get(answer)).with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        shop
    }

    /// Lets requests wait for an answer.
    pub fn hold(&self, hold: bool) {
        self.held.send_replace(if hold { Held::All } else { Held::None });
    }

    /// Lets requests for this order wait for an answer, and no others.
    pub fn hold_only(&self, order: &str) {
        self.held.send_replace(Held::One(order.to_owned()));
    }

    /// Whether requests wait.
    pub fn holds(&self) -> bool {
        *self.held.borrow() == Held::All
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

async fn answer(
    State(shop): State<Shop>,
    Path(order): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, String) {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let came =
        Came { order: order.clone(), key: text("idempotency-key"), authorization: text("authorization") };
    shop.came.lock().unwrap().push(came);
    let may_go = |held: &Held| match held {
        Held::All => false,
        Held::One(held) => *held != order,
        Held::None => true,
    };
    let _ = shop.held.subscribe().wait_for(may_go).await;
    match order.as_str() {
        "none" => (StatusCode::NOT_FOUND, "{}".to_owned()),
        _ => (StatusCode::OK, r#"{"state": "on its way"}"#.to_owned()),
    }
}

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
    open: watch::Sender<bool>,
}

impl Shop {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shop = Self { base, came: Arc::default(), open: watch::Sender::new(true) };
        let routes = Router::new().route("/{order}", axum::routing::get(answer)).with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        shop
    }

    /// Lets requests wait for an answer.
    pub fn hold(&self, hold: bool) {
        self.open.send_replace(!hold);
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
    let _ = shop.open.subscribe().wait_for(|open| *open).await;
    match order.as_str() {
        "none" => (StatusCode::NOT_FOUND, "{}".to_owned()),
        _ => (StatusCode::OK, r#"{"state": "on its way"}"#.to_owned()),
    }
}

//! A subscriber: graphql-transport-ws over a real socket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::client::Client;

/// A socket with any number of operations; most tests need one.
pub struct Subscriber {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Subscriber {
    /// Connects, presents the client's token and subscribes.
    pub async fn open(client: &Client, query: &str, variables: Value) -> Self {
        let mut subscriber = Self::connect(client).await;
        subscriber.subscribe("s", query, &variables).await;
        subscriber
    }

    /// Connects and presents the client's token.
    pub async fn connect(client: &Client) -> Self {
        let url = format!("{}/graphql/ws", client.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a header");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        // Two small messages in a row must not wait for each other's acknowledgement.
        let connecting = tokio_tungstenite::connect_async_with_config(request, None, true);
        let (socket, _) = connecting.await.expect("the server upgrades");
        let mut subscriber = Self { socket };
        subscriber.send(json!({"type": "connection_init", "payload": {"token": client.token}})).await;
        assert_eq!(subscriber.receive().await["type"], "connection_ack");
        subscriber
    }

    /// Starts an operation of any kind under an id of the caller's choice.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: &Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The first word about an operation, words about others passed over; then it is ended.
    pub async fn first(&mut self, id: &str) -> Value {
        loop {
            let message = self.receive().await;
            if message["id"] == id {
                self.send(json!({"id": id, "type": "complete"})).await;
                return message;
            }
        }
    }

    async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("the socket is open");
    }

    /// The next message of the protocol, pings answered on the way.
    pub async fn receive(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(60), self.socket.next()).await;
            match next.expect("a message comes").expect("the socket is open").expect("the socket is whole") {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if message["type"] == "ping" {
                        self.send(json!({"type": "pong"})).await;
                    } else {
                        return message;
                    }
                }
                Message::Close(frame) => panic!("the server closed the socket: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The data of the next result; errors fail the test.
    pub async fn data(&mut self) -> Value {
        let mut message = self.receive().await;
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].take()
    }

    /// Reads until the server closes the socket; gives back the code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            let next =
                tokio::time::timeout(Duration::from_secs(60), self.socket.next()).await.expect("it closes");
            match next {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("closed without a code: {other:?}"),
            }
        }
    }
}

//! One socket, from the upgrade to the closing code.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use async_graphql::{Executor, Request, ServerError};
use axum::{
    Error as SocketError,
    extract::ws::{Message, WebSocket},
    http::StatusCode,
};
use futures_util::{
    FutureExt, SinkExt, StreamExt,
    future::{BoxFuture, Fuse, FusedFuture},
};
use serde_json::{Map, Value};
use tokio::{
    select,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};

use super::{
    super::{
        Application, AuthFailure, Settings, Transport, bearer,
        fault::{self, Code, Fault},
        guard,
        nulls::Asked,
        request_id,
    },
    code::End,
    message::{Incoming, Outgoing},
    operations::{Event, News, Operations, Run},
};

/// Time for the client to take the closing code and answer it.
const FAREWELL: Duration = Duration::from_secs(3);

/// So much is written before the socket is flushed, if it is ready anyway.
const BATCH_BYTES: usize = 32 * 1024;

pub(super) struct Session<A: Application> {
    transport: Arc<Transport<A>>,
    socket: WebSocket,
    operations: Operations,
    /// From the upgrade request, until `connection_init` names another.
    identity: Option<Arc<A::Identity>>,
    acknowledged: bool,
    heard: Instant,
}

impl<A: Application> Session<A> {
    pub fn new(transport: Arc<Transport<A>>, socket: WebSocket, identity: Option<Arc<A::Identity>>) -> Self {
        let operations = Operations::default();
        Self { transport, socket, operations, identity, acknowledged: false, heard: Instant::now() }
    }

    /// Serves the socket until it ends; nothing that happens here ends more than this socket.
    pub async fn run(mut self, understood: bool) {
        let end = match understood {
            false => End::SUBPROTOCOL_NOT_ACCEPTABLE,
            true => match AssertUnwindSafe(self.live()).catch_unwind().await {
                Ok(Ok(never)) => match never {},
                Ok(Err(end)) => end,
                Err(panic) => {
                    tracing::error!(panic = fault::panic_text(panic.as_ref()), "a socket panicked");
                    End::INTERNAL_SERVER_ERROR
                }
            },
        };
        drop(self.operations);
        tracing::debug!(?end, "a socket ends");
        part(self.socket, end).await;
    }

    async fn live(&mut self) -> Result<std::convert::Infallible, End> {
        let transport = self.transport.clone();
        let mut stopped = pin!(transport.application.stopped());
        let mut init = pin!(sleep(self.settings().connection_init_timeout));
        let mut ping = every(self.settings().ping_interval);
        let mut recheck = every(self.settings().recheck_interval);
        let mut verdict: Fuse<BoxFuture<'_, bool>> = Fuse::terminated();
        loop {
            // In this order: what ends the socket comes before what it would still send.
            select! {
                biased;
                () = &mut stopped => return Err(End::RESTART),
                valid = &mut verdict => if !valid { return Err(End::FORBIDDEN) },
                _ = recheck.tick(), if self.acknowledged && verdict.is_terminated() => verdict = self.verdict(),
                () = &mut init, if !self.acknowledged => return Err(End::CONNECTION_INIT_TIMEOUT),
                _ = ping.tick() => self.ping().await?,
                incoming = self.socket.next() => self.receive(incoming).await?,
                Some(event) = self.operations.next(), if !self.operations.is_empty() => self.deliver(event).await?,
            }
        }
    }

    fn settings(&self) -> &Settings {
        &self.transport.settings
    }

    fn verdict<'a>(&self) -> Fuse<BoxFuture<'a, bool>> {
        match self.identity.clone() {
            None => Fuse::terminated(),
            Some(identity) => {
                let application = self.transport.application.clone();
                async move { application.still_valid(&identity).await }.boxed().fuse()
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > 2 * self.settings().ping_interval {
            return Err(End::Gone);
        }
        self.send(Message::Ping(Default::default())).await
    }

    async fn receive(&mut self, incoming: Option<Result<Message, SocketError>>) -> Result<(), End> {
        self.heard = Instant::now();
        match incoming {
            Some(Ok(Message::Text(text))) => self.obey(Incoming::read(&text)?).await,
            Some(Ok(Message::Binary(_))) => Incoming::read("").map(|_| ()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(broken(&error)),
        }
    }

    async fn obey(&mut self, message: Incoming) -> Result<(), End> {
        match message {
            Incoming::ConnectionInit(_) if self.acknowledged => Err(End::TOO_MANY_INITIALISATION_REQUESTS),
            Incoming::ConnectionInit(payload) => self.acknowledge(payload).await,
            Incoming::Ping(payload) => self.say(Outgoing::Pong { payload }).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { id, request } => self.subscribe(&id, *request).await,
            Incoming::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn acknowledge(&mut self, payload: Map<String, Value>) -> Result<(), End> {
        let token = bearer::in_payload(&payload);
        if token.is_some() || self.identity.is_none() {
            let identity =
                self.transport.application.authenticate(token).await.map_err(|failure| match failure {
                    AuthFailure::Unauthenticated => End::FORBIDDEN,
                    AuthFailure::Unavailable => End::TRY_AGAIN_LATER,
                })?;
            self.identity = Some(Arc::new(identity));
        }
        self.acknowledged = true;
        self.say(Outgoing::ConnectionAck).await
    }

    async fn subscribe(&mut self, id: &str, mut request: Request) -> Result<(), End> {
        let Some(identity) = self.identity.clone().filter(|_| self.acknowledged) else {
            return Err(End::UNAUTHORIZED);
        };
        if self.operations.contains(id) {
            return Err(End::SUBSCRIBER_ALREADY_EXISTS);
        }
        let request_id = request_id();
        let most = self.settings().socket_operations;
        if self.operations.len() >= most {
            let message = format!("more than {most} operations at a time on one socket");
            let fault = Fault::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, message);
            return self.refuse(id, fault.into(), &request_id).await;
        }
        let kind = match guard::admit(&mut request, &self.settings().limits) {
            Ok(kind) => kind,
            Err(refusal) => return self.refuse(id, refusal.into(), &request_id).await,
        };
        let asked = Asked::from(&request);
        let application = &self.transport.application;
        let request = application.prepare(request, &identity, &request_id);
        let responses = application.schema().execute_stream(request, None);
        let timeout = self.settings().execution_timeout;
        self.operations.start(
            id,
            Run { kind, responses, request_id, asked, shape: self.transport.shape.clone(), timeout },
        );
        Ok(())
    }

    async fn refuse(&mut self, id: &str, error: ServerError, request_id: &str) -> Result<(), End> {
        let mut errors = [error];
        fault::complete_errors(&mut errors, request_id);
        self.say(Outgoing::Error { id, payload: &errors }).await
    }

    /// Sends an event, and with it others that are ready, so that catching up costs fewer writes.
    async fn deliver(&mut self, first: Event) -> Result<(), End> {
        let limit = self.settings().write_timeout;
        let write = async {
            let mut event = Some(first);
            let mut written = 0;
            while let Some(Event { id, news }) = event.take() {
                for text in words(&id, &news)? {
                    written += text.len();
                    self.socket.feed(Message::Text(text.into())).await.map_err(|_| End::Gone)?;
                }
                if written < BATCH_BYTES {
                    event = self.operations.next().now_or_never().flatten();
                }
            }
            self.socket.flush().await.map_err(|_| End::Gone)
        };
        timeout(limit, write).await.unwrap_or(Err(End::TOO_SLOW))
    }

    async fn say(&mut self, message: Outgoing<'_>) -> Result<(), End> {
        let text = message.write()?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.transport.settings.write_timeout, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(|_| End::Gone),
            Err(_) => Err(End::TOO_SLOW),
        }
    }
}

fn words(id: &str, news: &News) -> Result<Vec<String>, End> {
    let complete = Outgoing::Complete { id };
    let words = match news {
        News::Next(response) => vec![Outgoing::next(id, response)],
        News::Last(response) => vec![Outgoing::next(id, response), complete],
        News::Error(errors) => vec![Outgoing::Error { id, payload: errors }],
        News::Complete => vec![complete],
    };
    words.iter().map(Outgoing::write).collect()
}

/// The library tells a message that is too long apart from other faults only by its text.
fn broken(error: &SocketError) -> End {
    let text = error.to_string();
    if text.contains("too long") || text.contains("Space limit") {
        End::MESSAGE_TOO_BIG
    } else if text.contains("protocol") || text.contains("UTF-8") {
        End::PROTOCOL_ERROR
    } else {
        End::Gone
    }
}

/// Sends the closing code and waits a little for the client's, so that the code is not lost with the
/// connection.
async fn part(mut socket: WebSocket, end: End) {
    let farewell = async {
        if let Some(frame) = end.frame()
            && socket.send(Message::Close(Some(frame))).await.is_err()
        {
            return;
        }
        while let Some(Ok(_)) = socket.next().await {}
    };
    let _ = timeout(FAREWELL, farewell).await;
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

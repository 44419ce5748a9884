//! How GraphQL operations come in: over HTTP, over sockets, and from GraphiQL in a browser.
//!
//! The transports know no schema and no rule of the product. They ask an [`Application`] who sends an
//! operation and hand it over; what they add is everything that must hold for any operation at all: who may
//! knock ([`Doors`]), how large an operation may be ([`Limits`]), how long it may take, and what a client
//! learns when it fails ([`Code`]).
//!
//! Invariant: an operation reaches the schema only after its sender was authenticated and [`Limits`] let it
//! through, on every way in. An operation that panics ends alone; its connection stays.

mod bearer;
pub(crate) mod beside;
mod fault;
mod graphiql;
mod guard;
mod http;
mod nulls;
mod origin;
mod parameters;
mod ws;

use std::{sync::Arc, time::Duration};

use async_graphql::{Executor, Request};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get},
};

use self::nulls::Shape;
pub use fault::Code;
pub(crate) use fault::Fault;
pub use graphiql::Graphiql;
pub use guard::Limits;
pub use origin::Doors;
pub use ws::code as close_code;

/// What the transports need from the application.
pub trait Application: Clone + Send + Sync + 'static {
    /// The schema, which may be asked again and again.
    type Schema: Executor;
    /// Who sends an operation.
    type Identity: Send + Sync + 'static;

    /// Where operations are run.
    fn schema(&self) -> &Self::Schema;

    /// The definition of the schema (`Schema::sdl`): it says which fields may be null when they fail.
    fn sdl(&self) -> String;

    /// Who holds this token; `None` if the sender named none.
    fn authenticate(
        &self,
        bearer: Option<&str>,
    ) -> impl Future<Output = Result<Self::Identity, AuthFailure>> + Send;

    /// Adds what resolvers need: the identity, the id of the request, loaders. Called once per operation;
    /// what it adds lives as long as the operation does, a subscription's until its stream ends.
    fn prepare(&self, request: Request, identity: &Arc<Self::Identity>, request_id: &str) -> Request;

    /// Whether a socket of this identity may stay open. Asked every [`Settings::recheck_interval`]; an answer
    /// that cannot be had now is for the application to decide.
    fn still_valid(&self, identity: &Self::Identity) -> impl Future<Output = bool> + Send;

    /// Ready when the server stops: open sockets are closed with [`close_code::RESTART`].
    fn stopped(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// Why nobody could be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFailure {
    /// No token, or not a valid one.
    Unauthenticated,
    /// It cannot be known now.
    Unavailable,
}

impl std::fmt::Display for AuthFailure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Unauthenticated => "a valid bearer token is required",
            Self::Unavailable => "the sender cannot be authenticated now",
        })
    }
}

impl std::error::Error for AuthFailure {}

/// How the transports behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may knock.
    pub doors: Doors,
    /// How large one operation may be.
    pub limits: Limits,
    /// Length of an HTTP body in bytes.
    pub body_bytes: usize,
    /// Time for a query or a mutation, and for reading a body.
    pub execution_timeout: Duration,
    /// What a browser is shown in GraphiQL; nothing if `None`.
    pub graphiql: Option<Graphiql>,
    /// Time for a socket to send `connection_init`.
    pub connection_init_timeout: Duration,
    /// Pause between two pings on a socket. A socket that was silent for two of them is given up.
    pub ping_interval: Duration,
    /// Pause between two looks at whether a socket's identity is still valid.
    pub recheck_interval: Duration,
    /// Time for a subscriber to take what it was sent.
    pub write_timeout: Duration,
    /// Operations at a time on one socket.
    pub socket_operations: usize,
    /// Length of a message from a socket in bytes.
    pub message_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            doors: Doors::default(),
            limits: Limits::default(),
            body_bytes: 1024 * 1024,
            execution_timeout: Duration::from_secs(10),
            graphiql: Some(Graphiql::default()),
            connection_init_timeout: Duration::from_secs(3),
            ping_interval: Duration::from_secs(12),
            recheck_interval: Duration::from_secs(2),
            write_timeout: Duration::from_secs(10),
            socket_operations: 100,
            message_bytes: 1024 * 1024,
        }
    }
}

/// The routes `/graphql` and `/graphql/ws`, and `/graphql/assets` for GraphiQL.
pub fn router<A: Application>(application: A, settings: Settings) -> Router {
    let body_limit = DefaultBodyLimit::max(settings.body_bytes);
    let shape = Shape::read(&application.sdl()).unwrap_or_else(|error| {
        tracing::error!(error = %error, "the schema cannot be read: failed fields will be missing, not null");
        Shape::default()
    });
    let transport = Arc::new(Transport { application, settings, shape: Arc::new(shape) });
    Router::new()
        .route("/graphql", any(http::serve::<A>).layer(body_limit))
        .route("/graphql/assets/{name}", get(graphiql::asset))
        .route("/graphql/ws", any(ws::serve::<A>))
        .with_state(transport)
}

struct Transport<A> {
    application: A,
    settings: Settings,
    shape: Arc<Shape>,
}

impl<A: Application> Transport<A> {
    async fn identify(&self, bearer: Option<&str>) -> Result<Arc<A::Identity>, fault::Fault> {
        self.application.authenticate(bearer).await.map(Arc::new).map_err(fault::Fault::from)
    }
}

/// Every operation has one; the log and the errors of the operation name it.
fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

//! What the world reaches: GraphQL over HTTP and sockets, files to export, charts, Meta's webhooks, health.
//!
//! Invariant: nothing here decides anything about conversations. Rules are `domain`'s, rows have no name
//! here, and every answer is made of objects that were chosen for the schema.

mod application;
mod chart;
mod export;
mod graphql;
mod health;
mod measure;
mod refusal;
pub mod transport;
mod webhook;

use axum::Router;
use futures_util::future::BoxFuture;

use self::application::Hub;
pub use graphql::{Schema, schema, sdl};
pub use health::Ready;

/// What an operator decides about the API.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Origins of other web pages that may use the API, as a browser writes them: `https://desk.example.com`.
    pub allowed_origins: Vec<String>,
    /// Host names (without port) under which the API may be addressed; any if `None`.
    pub allowed_hosts: Option<Vec<String>>,
}

/// What GraphiQL shows at first.
const FIRST_QUERY: &str = "# The token of `colloquy token create` goes into the field above.\n{\n  \
    conversations(label: ACTIVE, first: 10) {\n    nodes { id status lastActivityAt contact { name } }\n  }\n}\n";

/// All routes. `ready` answers `/readyz`; sockets close once the future of `stopped` is ready.
pub fn router<S>(env: domain::Env, settings: Settings, ready: Ready, stopped: S) -> Router
where
    S: Fn() -> BoxFuture<'static, ()> + Clone + Send + Sync + 'static,
{
    let doors =
        transport::Doors { allowed_origins: settings.allowed_origins, allowed_hosts: settings.allowed_hosts };
    let transport = transport::Settings {
        doors: doors.clone(),
        graphiql: Some(transport::Graphiql { title: "Colloquy".to_owned(), query: FIRST_QUERY.to_owned() }),
        ..transport::Settings::default()
    };
    transport::router(Hub::new(env.clone(), stopped), transport)
        .merge(export::routes(env.clone(), doors.clone()))
        .merge(chart::routes(env.clone(), doors))
        .merge(webhook::routes(env))
        .merge(health::routes(ready))
        .layer(axum::middleware::from_fn(measure::request))
}

//! Joins the transports to the rules: who a token is, and what every operation carries.

use std::sync::Arc;

use async_graphql::Request;
use domain::{Actor, Env, token};
use futures_util::future::BoxFuture;

use crate::graphql::{self, Gathering, Operation, Schema};
use crate::transport::{Application, AuthFailure};

/// Who a bearer token is.
pub(crate) async fn authenticate(env: &Env, bearer: Option<&str>) -> Result<Actor, AuthFailure> {
    let secret = bearer.ok_or(AuthFailure::Unauthenticated)?;
    match token::authenticate(env, secret).await {
        Ok(found) => found.ok_or(AuthFailure::Unauthenticated),
        Err(error) => {
            let error = graphql::error::chain(&error);
            tracing::warn!(error, "a token could not be looked up");
            Err(AuthFailure::Unavailable)
        }
    }
}

/// The application that the transports serve.
#[derive(Clone)]
pub(crate) struct Hub<S> {
    env: Env,
    schema: Gathering<Schema>,
    stopped: S,
}

impl<S> Hub<S> {
    pub fn new(env: Env, stopped: S) -> Self {
        Self { schema: Gathering(graphql::schema(env.clone())), env, stopped }
    }
}

impl<S> Application for Hub<S>
where
    S: Fn() -> BoxFuture<'static, ()> + Clone + Send + Sync + 'static,
{
    type Schema = Gathering<Schema>;
    type Identity = Actor;

    fn schema(&self) -> &Gathering<Schema> {
        &self.schema
    }

    fn sdl(&self) -> String {
        graphql::sdl()
    }

    async fn authenticate(&self, bearer: Option<&str>) -> Result<Actor, AuthFailure> {
        authenticate(&self.env, bearer).await
    }

    fn prepare(&self, request: Request, actor: &Arc<Actor>, request_id: &str) -> Request {
        request.data(Operation::new(&self.env, actor.clone(), request_id))
    }

    /// A database that does not answer ends no stream: a stream that it cannot feed sends nothing anyway.
    async fn still_valid(&self, actor: &Actor) -> bool {
        match token::is_still_valid(&self.env, actor).await {
            Ok(valid) => valid,
            Err(error) => {
                let error = graphql::error::chain(&error);
                tracing::warn!(error, "a socket's token could not be looked up; it stays open until it can");
                true
            }
        }
    }

    async fn stopped(&self) {
        (self.stopped)().await;
    }
}

//! GraphQL over HTTP, as its specification has it.
//!
//! A POST carries `application/json`; a GET carries its parameters in the address and never a mutation.
//! Whoever sends an operation holds a bearer token, which no browser adds by itself, so a foreign page cannot
//! change anything.
//!
//! Absent: batches, multipart requests, and subscriptions (they have the socket).

mod accept;
mod answer;
mod request;

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Executor, Request, Response as Outcome, parser::types::OperationType};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request as HttpRequest, State},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    response::Response,
};
use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;

use self::accept::Media;
pub(super) use self::answer::{preflight, share_with};
use super::{
    Application, Transport, bearer,
    fault::{self, Code, Fault},
    graphiql, guard,
    nulls::Asked,
    request_id,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Serves `/graphql`.
pub(super) async fn serve<A: Application>(
    State(transport): State<Arc<Transport<A>>>,
    request: HttpRequest,
) -> Response {
    let id = request_id();
    let span = tracing::info_span!("graphql", request_id = id);
    let media = accept::answer(request.headers());
    let foreign = transport.settings.doors.foreign(request.headers()).cloned();
    let served =
        AssertUnwindSafe(transport.handle(request, media, &id)).catch_unwind().instrument(span).await;
    let mut response = match served {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => answer::fault(fault, media.unwrap_or(Media::Json), &id),
        Err(panic) => {
            let panic = fault::panic_text(panic.as_ref());
            tracing::error!(request_id = id, panic, "an operation panicked");
            answer::fault(Fault::internal(), media.unwrap_or(Media::Json), &id)
        }
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if let Some(origin) = foreign {
        answer::share_with(origin, response.headers_mut());
    }
    response
}

/// The answer to a request beside this route that is refused, or for a socket that may not have one.
pub(super) fn refuse(fault: Fault, id: &str) -> Response {
    answer::fault(fault, Media::Json, id)
}

impl<A: Application> Transport<A> {
    async fn handle(&self, request: HttpRequest, media: Option<Media>, id: &str) -> Result<Response, Fault> {
        let settings = &self.settings;
        settings.doors.check(request.uri(), request.headers())?;
        let way = match *request.method() {
            Method::OPTIONS => return Ok(answer::preflight()),
            Method::GET => match &settings.graphiql {
                Some(page) if accept::wants_page(request.uri(), request.headers()) => {
                    return Ok(graphiql::page(page, request.uri(), request.headers()));
                }
                Some(_) | None => Way::Get,
            },
            Method::POST => Way::Post,
            _ => return Ok(answer::not_allowed("GET, POST", "use GET or POST", id)),
        };
        let Some(media) = media else {
            let message = "answers are application/graphql-response+json or application/json";
            return Err(Fault::new(StatusCode::NOT_ACCEPTABLE, Code::BadUserInput, message));
        };
        let identity = self.identify(bearer::in_headers(request.headers())).await?;
        let mut operation = match way {
            Way::Get => request::in_address(request.uri())?,
            Way::Post => {
                request::check_content_type(request.headers())?;
                request::in_body(&self.body(request).await?)?
            }
        };
        let kind = match guard::admit(&mut operation, &settings.limits) {
            Ok(kind) => kind,
            Err(refusal) => {
                return Ok(answer::outcome(Outcome::from_errors(vec![refusal.into()]), media, id));
            }
        };
        match (kind, way) {
            (Some(OperationType::Mutation), Way::Get) => {
                return Ok(answer::not_allowed("POST", "a mutation needs POST with application/json", id));
            }
            (Some(OperationType::Subscription), _) => {
                return Err(Fault::bad_request("subscriptions are served by the socket at /graphql/ws"));
            }
            (Some(OperationType::Query | OperationType::Mutation) | None, Way::Get | Way::Post) => {}
        }
        let asked = Asked::from(&operation);
        let operation = self.application.prepare(operation, &identity, id);
        let mut outcome = self.execute(operation).await?;
        self.shape.complete(&asked, &mut outcome);
        Ok(answer::outcome(outcome, media, id))
    }

    /// A mutation that runs out of time may have happened: its idempotency key makes it safe to send again.
    async fn execute(&self, operation: Request) -> Result<Outcome, Fault> {
        let execution = self.application.schema().execute(operation);
        timeout(self.settings.execution_timeout, execution)
            .await
            .map_err(|_| Fault::unavailable("the operation took too long"))
    }

    async fn body(&self, request: HttpRequest) -> Result<Bytes, Fault> {
        match timeout(self.settings.execution_timeout, Bytes::from_request(request, &())).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let message = format!("the body exceeds {} bytes", self.settings.body_bytes);
                Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadUserInput, message))
            }
            Ok(Err(_)) => Err(Fault::bad_request("the body cannot be read")),
            Err(_) => {
                let message = "the body took too long to arrive";
                Err(Fault::new(StatusCode::REQUEST_TIMEOUT, Code::Unavailable, message))
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Way {
    Get,
    Post,
}

//! The doors of `/graphql` for routes beside it.

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

use super::{Doors, http, request_id};

/// Refuses foreign pages and host names as `/graphql` does, answers a browser that asks first, and lets a listed page
/// read the answer.
pub async fn door(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let foreign = doors.foreign(request.headers()).cloned();
    let mut response = match doors.check(request.uri(), request.headers()) {
        Err(fault) => http::refuse(fault, &request_id()),
        Ok(()) if request.method() == Method::OPTIONS => http::preflight(),
        Ok(()) => next.run(request).await,
    };
    if let Some(origin) = foreign {
        http::share_with(origin, response.headers_mut());
    }
    response
}

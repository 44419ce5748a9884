//! How long every request took, for the operators.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use domain::telemetry;

pub(crate) async fn request(request: Request, next: Next) -> Response {
    let path = name(request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str));
    let began = Instant::now();
    let response = next.run(request).await;
    telemetry::request(path, response.status().as_u16(), began.elapsed().as_secs_f64());
    response
}

/// A closed set: a stranger's address must not become a label.
fn name(route: &str) -> &'static str {
    const ROUTES: [&str; 10] = [
        "/exports/sessions.csv",
        "/graphql",
        "/graphql/ws",
        "/graphql/assets/{name}",
        "/charts/recent.svg",
        "/charts/recent.png",
        "/webhooks/whatsapp",
        "/webhooks/whatsapp/{app}",
        "/healthz",
        "/readyz",
    ];
    ROUTES.into_iter().find(|known| *known == route).unwrap_or("other")
}

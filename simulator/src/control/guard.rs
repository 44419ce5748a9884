//! Keeps web pages out. A page can make a browser on this machine call loopback, also under a name
//! of its own that resolves there; it cannot choose the Host header, leave out Origin on a POST, or
//! send JSON without being asked first.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::refusal;
use crate::world::Simulator;

pub(crate) async fn only_programs(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    let port = simulator.world.control_addr.map_or(0, |addr| addr.port());
    match fault(request.method(), request.headers(), port) {
        Some((status, reason)) => refusal(status, reason),
        None => next.run(request).await,
    }
}

fn fault(method: &Method, headers: &HeaderMap, port: u16) -> Option<(StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::HOST).is_some_and(|host| is_ours(host, port)) {
        return Some((StatusCode::FORBIDDEN, "the Host header must name this loopback address and port"));
    }
    if headers.contains_key(header::ORIGIN) {
        return Some((StatusCode::FORBIDDEN, "web pages may not use the control API"));
    }
    let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next()).map(str::trim);
    if method == Method::POST && !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json"));
    }
    None
}

fn is_ours(host: &str, port: u16) -> bool {
    let Some((name, given)) = host.rsplit_once(':') else { return false };
    let literal = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = name.eq_ignore_ascii_case("localhost") || literal.is_ok_and(|ip| ip.is_loopback());
    loopback && given.parse() == Ok(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &Method, headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let headers = headers.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        fault(method, &headers, 81).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn only_loopback_names_with_the_port_are_ours() {
        for good in ["127.0.0.1:81", "localhost:81", "LocalHost:81", "[::1]:81", "127.9.9.9:81"] {
            assert!(is_ours(good, 81), "{good}");
        }
        for bad in
            ["127.0.0.1", "127.0.0.1:82", "evil.example:81", "127.0.0.1.evil.example:81", "", "10.0.0.1:81"]
        {
            assert!(!is_ours(bad, 81), "{bad}");
        }
    }

    #[test]
    fn a_page_is_refused_and_a_form_too() {
        let host = ("host", "localhost:81");
        assert_eq!(status(&Method::GET, &[host]), None);
        assert_eq!(status(&Method::GET, &[]), Some(403));
        assert_eq!(status(&Method::GET, &[host, ("origin", "http://localhost:81")]), Some(403));
        assert_eq!(status(&Method::POST, &[host]), Some(415));
        assert_eq!(status(&Method::POST, &[host, ("content-type", "text/plain")]), Some(415));
        assert_eq!(status(&Method::POST, &[host, ("content-type", "application/json; charset=utf-8")]), None);
    }
}

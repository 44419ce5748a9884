//! Which web pages may talk to the API.
//!
//! A browser names the page in `Origin`; programs name none. A page of this very host and the pages on the
//! list may pass, any other is refused, over HTTP and for sockets alike. Where host names are listed too, a
//! name that merely resolves to this machine (DNS rebinding) is refused as well.

use axum::http::{HeaderMap, HeaderValue, Uri, header, uri::Authority};

use super::fault::{Code, Fault};
use axum::http::StatusCode;

/// Who may knock.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    /// Origins of other web pages that may use the API, as a browser writes them: `https://desk.example.com`.
    pub allowed_origins: Vec<String>,
    /// Host names (without port) under which the API may be addressed; any if `None`.
    pub allowed_hosts: Option<Vec<String>>,
}

impl Doors {
    /// Lets a request in, or says why not.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Fault> {
        let host = host(uri, headers);
        if let Some(allowed) = &self.allowed_hosts {
            let name = host.as_ref().map(Authority::host);
            if !name.is_some_and(|name| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))) {
                return Err(refusal("this server is not addressed by that host name"));
            }
        }
        match headers.get(header::ORIGIN) {
            None => Ok(()),
            Some(origin) if self.listed(origin) || host.is_some_and(|host| same(origin, &host)) => Ok(()),
            Some(_) => Err(refusal("this origin may not use the API")),
        }
    }

    /// The origin of a foreign page that is on the list: the answer must name it for the browser to hand it
    /// over.
    pub(super) fn foreign<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        headers.get(header::ORIGIN).filter(|origin| self.listed(origin))
    }

    fn listed(&self, origin: &HeaderValue) -> bool {
        let listed = |allowed: &String| allowed.trim_end_matches('/').eq_ignore_ascii_case(text(origin));
        text(origin) != "null" && self.allowed_origins.iter().any(listed)
    }
}

fn refusal(message: &str) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, Code::Forbidden, message)
}

fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_default()
}

/// HTTP/1 names the host in a header, HTTP/2 in the address.
pub(super) fn host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    match headers.get(header::HOST) {
        Some(host) => text(host).parse().ok(),
        None => uri.authority().cloned(),
    }
}

/// The scheme is not compared: a proxy may have ended TLS.
fn same(origin: &HeaderValue, host: &Authority) -> bool {
    let Ok(origin) = text(origin).parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (origin.scheme_str(), origin.authority()) else { return false };
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(default);
    authority.host().eq_ignore_ascii_case(host.host()) && port(authority) == port(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(doors: &Doors, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        doors.check(&Uri::from_static("/graphql"), &headers).is_ok()
    }

    #[test]
    fn pages_of_this_host_and_listed_pages_pass() {
        let doors = Doors { allowed_origins: vec!["https://desk.example/".into()], allowed_hosts: None };
        for (host, origin, expected) in [
            ("api.example", None, true),
            ("api.example", Some("https://api.example"), true),
            ("API.example:443", Some("https://api.example"), true),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            ("[::1]:8080", Some("http://[::1]:8080"), true),
            ("api.example", Some("https://desk.example"), true),
            ("api.example", Some("https://api.example.evil.example"), false),
            ("127.0.0.1:8080", Some("http://127.0.0.1:3000"), false),
            ("api.example:443", Some("http://api.example"), false),
            ("api.example", Some("null"), false),
            ("api.example", Some("https://evil.example"), false),
            ("api.example", Some("file://api.example"), false),
            ("api.example", Some("api.example"), false),
            ("api.example", Some(""), false),
        ] {
            assert_eq!(passes(&doors, host, origin), expected, "{host} {origin:?}");
        }
    }

    #[test]
    fn only_listed_host_names_are_answered_if_there_is_a_list() {
        let names = ["localhost", "127.0.0.1", "[::1]"].map(String::from).to_vec();
        let doors = Doors { allowed_hosts: Some(names), ..Doors::default() };
        assert!(passes(&doors, "localhost:8080", None));
        assert!(passes(&doors, "127.0.0.1:8080", Some("http://127.0.0.1:8080")));
        assert!(passes(&doors, "[::1]:8080", None));
        assert!(!passes(&doors, "rebound.example:8080", Some("http://rebound.example:8080")));
        assert!(doors.check(&Uri::from_static("/graphql"), &HeaderMap::new()).is_err());
    }

    #[test]
    fn null_is_no_origin_even_if_it_is_listed() {
        let doors = Doors { allowed_origins: vec!["null".into()], allowed_hosts: None };
        assert!(!passes(&doors, "api.example", Some("null")));
    }
}

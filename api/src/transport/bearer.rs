//! Where a sender puts its token: the `Authorization` header, or the payload of a socket's `connection_init`.
//!
//! Never the address: that ends up in logs.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

/// The token of the `Authorization` header, if it is a bearer's.
pub(crate) fn in_headers(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok().and_then(credentials)
}

/// The token of `{"Authorization": "Bearer .."}` or `{"token": ".."}`; upper and lower case of the keys do
/// not matter.
pub(super) fn in_payload(payload: &Map<String, Value>) -> Option<&str> {
    let named = |name: &str| {
        payload.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
    };
    named("authorization")
        .and_then(credentials)
        .or_else(|| named("token").map(str::trim).filter(|t| !t.is_empty()))
}

fn credentials(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bearer_token_is_found_whatever_the_case() {
        let mut headers = HeaderMap::new();
        assert_eq!(in_headers(&headers), None);
        for (value, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Bearer ", None),
            ("Bearer", None),
            ("Basic abc", None),
            ("abc", None),
        ] {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            assert_eq!(in_headers(&headers), token, "{value}");
        }
    }

    #[test]
    fn a_payload_names_it_in_one_of_two_ways() {
        for (payload, token) in [
            (json!({ "Authorization": "Bearer abc" }), Some("abc")),
            (json!({ "authorization": "bearer abc" }), Some("abc")),
            (json!({ "Token": " abc " }), Some("abc")),
            (json!({ "token": "" }), None),
            (json!({ "token": 7 }), None),
            (json!({}), None),
        ] {
            assert_eq!(in_payload(payload.as_object().unwrap()), token, "{payload}");
        }
    }
}

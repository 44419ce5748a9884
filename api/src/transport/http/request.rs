//! An operation as it stands in a body or in an address.

use std::collections::HashMap;

use async_graphql::Request;
use axum::{
    extract::Query,
    http::{HeaderMap, StatusCode, Uri, header},
};
use serde::Deserialize;

use super::super::{
    fault::{Code, Fault},
    parameters::Parameters,
};

/// Only JSON in UTF-8 is read: a form that a foreign page submits is not.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Fault> {
    let refusal = |message: &str| Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message);
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return Err(refusal("the content type must be application/json"));
    }
    let charset =
        parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    match charset.map(|(_, value)| value.trim_matches('"')) {
        Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => Err(refusal("the charset must be utf-8")),
        Some(_) | None => Ok(()),
    }
}

/// The operation in a body.
pub(super) fn in_body(body: &[u8]) -> Result<Request, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::bad_request("the body is not valid UTF-8"))?;
    if text.trim_start().is_empty() {
        return Err(Fault::bad_request("the body is empty"));
    }
    let parameters = Parameters::read(text);
    parameters
        .map(Request::from)
        .map_err(|reason| Fault::bad_request(format!("the body is no request: {reason}")))
}

/// The operation in an address.
pub(super) fn in_address(uri: &Uri) -> Result<Request, Fault> {
    let Query(mut pairs) = Query::<HashMap<String, String>>::try_from_uri(uri)
        .map_err(|_| Fault::bad_request("the parameters in the address cannot be read"))?;
    let mut take = |name: &str| pairs.remove(name).filter(|value| !value.is_empty());
    let query = take("query").ok_or_else(|| Fault::bad_request("the parameter query is missing"))?;
    let operation_name = take("operationName");
    let variables = take("variables").map(|json| object("variables", &json)).transpose()?.flatten();
    let extensions = take("extensions").map(|json| object("extensions", &json)).transpose()?.flatten();
    Ok(Parameters { query, operation_name, variables, extensions }.into())
}

fn object<T: for<'de> Deserialize<'de>>(name: &str, json: &str) -> Result<Option<T>, Fault> {
    serde_json::from_str(json)
        .map_err(|error| Fault::bad_request(format!("{name} is no JSON object: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_read() {
        let mut headers = HeaderMap::new();
        assert!(check_content_type(&headers).is_err());
        for (value, allowed) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json; charset=\"utf-8\"", true),
            ("application/json; charset=latin1", false),
            ("application/jsonx", false),
            ("application/graphql", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
        ] {
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(check_content_type(&headers).is_ok(), allowed, "{value}");
        }
    }

    #[test]
    fn a_body_is_one_object_with_a_query() {
        let request =
            in_body(br#" {"query":"{a}","operationName":"A","variables":{"b":[1]},"extensions":{"c":{}}} "#);
        let request = request.unwrap();
        assert_eq!((request.query.as_str(), request.operation_name.as_deref()), ("{a}", Some("A")));
        assert_eq!(request.variables.len(), 1);
        assert!(
            in_body(br#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#).is_ok()
        );
        for body in [
            "",
            " ",
            "null",
            "1",
            "\"{a}\"",
            "{}",
            "{",
            "[]",
            r#"{"query":null}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","query":"{b}"}"#,
            r#"{"query":"{a}"} x"#,
            r#"{"query":"\ud800"}"#,
        ] {
            assert!(in_body(body.as_bytes()).is_err(), "{body}");
        }
        assert!(in_body(b"{\"query\":\"\xff\"}").is_err());
    }

    #[test]
    fn batches_are_refused_by_name() {
        let Err(fault) = in_body(br#"[{"query":"{a}"}]"#) else { panic!("a batch was read") };
        assert!(async_graphql::ServerError::from(fault).message.contains("batches are not supported"));
        let nested = format!("{{\"query\":\"{{a}}\",\"variables\":{{\"v\":{}", "[".repeat(100_000));
        assert!(in_body(nested.as_bytes()).is_err());
    }

    #[test]
    fn an_address_holds_the_same_parameters() {
        let uri: Uri = "/graphql?query=%7Ba%7D&operationName=&variables=%7B%22b%22%3A1%7D".parse().unwrap();
        let request = in_address(&uri).unwrap();
        assert_eq!((request.query.as_str(), request.operation_name), ("{a}", None));
        assert_eq!(request.variables.len(), 1);
        for address in ["/graphql", "/graphql?query=", "/graphql?query=%7Ba%7D&variables=%5B%5D"] {
            assert!(in_address(&address.parse().unwrap()).is_err(), "{address}");
        }
    }
}

//! Which media type an answer has.
//!
//! A client that names `application/graphql-response+json` gets it and status codes that tell success from
//! failure; one that names nothing, or anything, gets `application/json`.

use axum::http::{HeaderMap, Uri, header};

/// The media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    GraphqlResponse,
    Json,
}

impl Media {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The media type of the answer; `None` if the client accepts neither.
pub(super) fn answer(headers: &HeaderMap) -> Option<Media> {
    let accepted = accepted(headers);
    if accepted.is_empty() {
        return Some(Media::Json);
    }
    let graphql = weight(&accepted, "application", "graphql-response+json");
    let json = weight(&accepted, "application", "json");
    match (graphql, json) {
        (None, None) => None,
        (Some(graphql), json) if Some(graphql) > json || (Some(graphql) == json && graphql.exact > 1) => {
            Some(Media::GraphqlResponse)
        }
        (_, _) => Some(Media::Json),
    }
}

/// Whether a browser asks for a page: it prefers HTML, and sends no operation.
pub(super) fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accepted = accepted(headers);
    let html = weight(&accepted, "text", "html");
    let operation = uri.query().unwrap_or_default().split('&').any(|pair| pair.starts_with("query="));
    !operation && html.is_some() && html > weight(&accepted, "application", "json")
}

/// How much a type is wanted, and if that is equal, how exactly it was named: 2 itself, 1 its family, 0
/// anything.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Weight {
    quality: f32,
    exact: u8,
}

fn accepted(headers: &HeaderMap) -> Vec<(String, f32)> {
    let values = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(range).collect()
}

fn range(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let quality = quality.map_or(Some(1.0), |quality| quality.trim().parse::<f32>().ok())?;
    Some((name, quality.clamp(0.0, 1.0)))
}

/// The range that names a type most exactly decides; a quality of zero means that it is not wanted.
fn weight(accepted: &[(String, f32)], family: &str, kind: &str) -> Option<Weight> {
    let named = |name: &str| match name.split_once('/') {
        Some((one, two)) if one == family && two == kind => Some(2),
        Some((one, "*")) if one == family => Some(1),
        Some(("*", "*")) => Some(0),
        _ => None,
    };
    let weights =
        accepted.iter().filter_map(|(name, quality)| Some(Weight { exact: named(name)?, quality: *quality }));
    weights.max_by_key(|weight| weight.exact).filter(|weight| weight.quality > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        headers
    }

    #[test]
    fn the_media_type_follows_the_accept_header() {
        let (graphql, json) = (Some(Media::GraphqlResponse), Some(Media::Json));
        assert_eq!(answer(&HeaderMap::new()), json);
        for (accept, expected) in [
            ("", json),
            ("*/*", json),
            ("application/*", json),
            ("application/json", json),
            ("application/json; charset=utf-8", json),
            ("application/graphql-response+json", graphql),
            ("Application/GraphQL-Response+JSON", graphql),
            ("application/graphql-response+json, application/json", graphql),
            ("application/json, application/graphql-response+json", graphql),
            ("application/graphql-response+json;q=0.5, application/json", json),
            ("application/graphql-response+json, */*", graphql),
            ("application/graphql-response+json;q=0, */*", json),
            ("application/json;q=0, */*;q=0.1", graphql),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json;q=x", json),
            ("text/html;q=NaN, */*;q=0.2", json),
        ] {
            assert_eq!(answer(&headers(accept)), expected, "{accept}");
        }
    }

    #[test]
    fn a_browser_gets_the_page_unless_it_sends_an_operation() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(wants_page(&Uri::from_static("/graphql"), &headers(browser)));
        assert!(!wants_page(&Uri::from_static("/graphql?query=%7Ba%7D"), &headers(browser)));
        assert!(!wants_page(&Uri::from_static("/graphql"), &headers("*/*")));
        assert!(!wants_page(&Uri::from_static("/graphql"), &headers("application/json, text/html;q=0.5")));
        assert!(!wants_page(&Uri::from_static("/graphql"), &HeaderMap::new()));
    }
}

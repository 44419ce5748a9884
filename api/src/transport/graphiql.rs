//! GraphiQL in a browser: the page at `/graphql`, and its files where they were embedded.
//!
//! The page needs no token; it has a field for one, which stays in the tab. Only scripts that carry the nonce
//! of this very answer run, and the page can talk to nobody but this server. Its program is
//! `graphiql/app.js`; the library comes from the program itself if it was built before (see
//! `graphiql/build.mjs`), else from the public CDN, where the hash of every file is checked by the browser.

mod assets;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::json;

use super::origin;

const PAGE: &str = include_str!("../../graphiql/page.html");
const APP: &str = include_str!("../../graphiql/app.js");

/// What GraphiQL shows before anybody has written anything.
#[derive(Clone, Debug)]
pub struct Graphiql {
    /// The title of the page.
    pub title: String,
    /// The operation in the editor.
    pub query: String,
}

impl Default for Graphiql {
    fn default() -> Self {
        Self { title: "GraphiQL".to_owned(), query: "{\n  __typename\n}\n".to_owned() }
    }
}

/// The page, for a request to `/graphql` that asks for HTML.
pub(super) fn page(settings: &Graphiql, uri: &Uri, headers: &HeaderMap) -> Response {
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let shown = json!({ "query": settings.query }).to_string().replace('<', "\\u003c");
    let html = PAGE
        .replace("{{assets}}", &assets::tags())
        .replace("{{app}}", APP)
        .replace("{{nonce}}", &nonce)
        .replace("{{title}}", &escaped(&settings.title))
        .replace("{{settings}}", &shown);
    let mut response = Html(html).into_response();
    let policy = policy(&nonce, origin::host(uri, headers).map(|host| host.to_string()).as_deref());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// One of the embedded files.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some((content_type, bytes)) => {
            // The page names the files with the hash of what is in them.
            let lasting = "public, max-age=31536000, immutable";
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, lasting),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
    }
}

/// Not every browser reads `'self'` as the sockets of this host too, so they are named where the host is a
/// plain one.
fn policy(nonce: &str, host: Option<&str>) -> String {
    let plain =
        |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
    let sockets = host.filter(plain).map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    let styles = assets::STYLE_SOURCE;
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src {styles} 'unsafe-inline'; img-src 'self' data:; \
         font-src data:; connect-src 'self'{sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scripts_of_this_answer_run() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "127.0.0.1:8080".parse().unwrap());
        let policy = |headers: &HeaderMap| {
            let response = page(&Graphiql::default(), &Uri::from_static("/graphql"), headers);
            assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY");
            response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
        };
        let (one, two) = (policy(&headers), policy(&headers));
        assert!(one.starts_with("default-src 'none'; script-src 'nonce-"), "{one}");
        assert!(one.contains("connect-src 'self' ws://127.0.0.1:8080 wss://127.0.0.1:8080;"), "{one}");
        assert_ne!(one, two, "a nonce is used once");
        headers.insert(header::HOST, "a;script-src*".parse().unwrap());
        assert!(policy(&headers).contains("connect-src 'self';"));
    }

    #[tokio::test]
    async fn settings_cannot_leave_their_place() {
        let settings = Graphiql { title: "a <b> & c".into(), query: "</script><script>{{nonce}}".into() };
        let response = page(&settings, &Uri::from_static("/graphql"), &HeaderMap::new());
        let html = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        assert!(html.contains("<title>a &lt;b> &amp; c</title>"));
        assert!(html.contains(r#"{"query":"\u003c/script>\u003cscript>{{nonce}}"}"#), "{html}");
        assert_eq!(html.matches("{{").count(), 1, "every place is filled");
    }
}

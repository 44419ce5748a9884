//! Pictures of the last thirty days show the figures of the API, to those who may see them.

use reqwest::{Method, StatusCode, header};
use roxmltree::Document;
use serde_json::{Value, json};
use tests::client::{self, Client};
use tests::{Hub, Options, hub};

/// Asks for a path of the server with the client's token, if it has one.
async fn ask(client: &Client, path: &str) -> reqwest::Response {
    let request = client::http().get(format!("{}{path}", client.base));
    let request = if client.token.is_empty() { request } else { request.bearer_auth(&client.token) };
    request.send().await.expect("the server answers")
}

/// The title of the picture, and how wide it is.
async fn svg(client: &Client, query: &str) -> (String, String) {
    let answer = ask(client, &format!("/charts/recent.svg{query}")).await;
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    let text = answer.text().await.unwrap();
    let document = Document::parse(&text).expect("an SVG is XML");
    let root = document.root_element();
    let title = root.children().find(|node| node.has_tag_name((svg_name(), "title"))).expect("a title");
    (title.text().unwrap().trim().to_owned(), root.attribute("width").unwrap().to_owned())
}

fn svg_name() -> &'static str {
    "http://www.w3.org/2000/svg"
}

/// What is told of a refusal.
async fn refused(client: &Client, query: &str, status: StatusCode) -> Value {
    for kind in ["svg", "png"] {
        let answer = ask(client, &format!("/charts/recent.{kind}{query}")).await;
        assert_eq!(answer.status(), status, "{kind} {query}");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{kind} {query}");
    }
    let body: Value = ask(client, &format!("/charts/recent.svg{query}")).await.json().await.unwrap();
    body["errors"][0].clone()
}

fn people_only() -> Options {
    Options { movable_clock: true, bot: false, ..Options::default() }
}

/// A hub with two widgets: two messages of two customers on the first, one on the second.
async fn company() -> (Hub, String) {
    let hub = Hub::with(people_only()).await;
    let number = hub::unique_number(&hub.number.callback_url);
    hub.simulator.add_number(number.clone());
    let second = hub::link(&hub.env, &hub.actor, &number, &people_only()).await;
    for name in ["Ada", "Bo"] {
        hub.stored(&hub.says(&hub.customer(name), "hello").await).await;
    }
    let customer = hub.customer("Chen");
    hub.stored(&hub.simulator.customer_says(&number.phone_number_id, &customer, "hello").await).await;
    hub.settle().await;
    hub.advance(chrono::TimeDelta::seconds(1));
    (hub, second.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_shows_the_figures_of_a_widget_or_of_all() {
    let (hub, second) = company().await;
    let all = svg(&hub.client, "").await;
    assert_eq!(all, ("3 messages, 3 conversations in the last 30 days".into(), "800".into()));
    let first = svg(&hub.client, &format!("?widget={}&width=375&theme=dark", hub.widget)).await;
    assert_eq!(first, ("2 messages, 2 conversations in the last 30 days".into(), "375".into()));
    let second = svg(&hub.client, &format!("?widget={second}")).await.0;
    assert_eq!(second, "1 message, 1 conversation in the last 30 days");

    let answer = ask(&hub.client, "/charts/recent.svg").await;
    let headers = answer.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "image/svg+xml; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "private, max-age=60");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; style-src 'unsafe-inline'");
    assert_eq!(headers[header::VARY], "Authorization");
    assert!(headers.contains_key("x-request-id"));
    // Days are the workspace's: half past two in the afternoon of March 2 in Kathmandu.
    hub.client.mutate("workspaceUpdate", json!({"timeZone": "Asia/Kathmandu"}), "workspace { id }").await;
    let text = ask(&hub.client, "/charts/recent.svg").await.text().await.unwrap();
    let document = Document::parse(&text).unwrap();
    let days: Vec<_> = document.descendants().filter_map(|node| node.attribute("data-day")).collect();
    assert_eq!((days.len(), days[0], days[30]), (31, "2026-01-31", "2026-03-02"));
    assert!(text.contains("Asia/Kathmandu"));
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_comes_as_a_png_of_the_width_that_was_asked_for() {
    let (hub, _) = company().await;
    for (query, width) in [("", 800), ("?width=320", 320), ("?width=1600&theme=dark", 1600)] {
        let answer = ask(&hub.client, &format!("/charts/recent.png{query}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/png");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "private, max-age=60");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let png = answer.bytes().await.unwrap();
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        // The first chunk tells the size.
        assert_eq!(
            (&png[12..16], u32::from_be_bytes(png[16..20].try_into().unwrap())),
            (&b"IHDR"[..], width)
        );
    }
    hub.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_what_is_not_theirs_and_a_mistake_is_explained() {
    let (hub, _) = company().await;
    let nobody = Client::new(&hub.client.base, "");
    let unknown = Client::new(&hub.client.base, "clq_unknown");
    for client in [&nobody, &unknown] {
        // Whoever has no token learns nothing else either.
        for query in ["", "?width=1", &format!("?widget={}", hub.widget)] {
            let error = refused(client, query, StatusCode::UNAUTHORIZED).await;
            assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED");
        }
        assert_eq!(ask(client, "/charts/recent.svg").await.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
    let founded = domain::workspace::found(&hub.env, "Another company").await.unwrap();
    let stranger = Client::new(&hub.client.base, &founded.token.unwrap().secret);
    let title = svg(&stranger, "").await.0;
    assert_eq!(title, "0 messages, 0 conversations in the last 30 days");
    let theirs = format!("?widget={}", hub.widget);
    let random = format!("?widget={}", domain::id::WidgetId::new());
    let channel = format!("?widget={}", domain::id::ChannelId::new());
    for (client, query) in [
        (&stranger, theirs.as_str()),
        (&hub.client, &random),
        (&hub.client, &channel),
        (&hub.client, "?widget="),
        (&hub.client, "?widget=1"),
    ] {
        let error = refused(client, query, StatusCode::NOT_FOUND).await;
        assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{query}");
    }
    for (query, told) in [
        ("?width=100", "from 320 to 1600"),
        ("?width=wide", "from 320 to 1600"),
        ("?theme=blue", "light or dark"),
        ("?colour=blue", "use widget, width and theme"),
        ("?width=400&width=500", "give it once"),
    ] {
        let error = refused(&hub.client, query, StatusCode::BAD_REQUEST).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
        assert!(error["message"].as_str().unwrap().contains(told), "{query}: {error}");
    }
    let posted = client::http().request(Method::POST, format!("{}/charts/recent.svg", hub.client.base));
    let posted = posted.bearer_auth(&hub.client.token).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    let foreign = client::http().get(format!("{}/charts/recent.svg", hub.client.base));
    let foreign = foreign.bearer_auth(&hub.client.token).header(header::ORIGIN, "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), StatusCode::FORBIDDEN, "a page that is not listed");
    hub.finish().await;
}

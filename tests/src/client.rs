//! The one place that speaks to the API: GraphQL over HTTP with a bearer token.

use serde_json::{Value, json};

/// A client with a token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// `http://127.0.0.1:PORT`
    pub base: String,
    /// The bearer token.
    pub token: String,
}

impl Client {
    /// A client of the server at `base`.
    pub fn new(base: &str, token: &str) -> Self {
        Self { http: http(), base: base.to_owned(), token: token.to_owned() }
    }

    /// Sends a document and gives back the whole answer.
    pub async fn send(&self, query: &str, variables: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/graphql", self.base))
            .bearer_auth(&self.token)
            .json(&json!({"query": query, "variables": variables}))
            .send()
            .await
            .expect("the server answers");
        answer.json().await.expect("the answer is JSON")
    }

    /// Sends a document that must succeed and gives back its data.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.send(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// Runs one mutation `name(input:)` that must succeed; `selection` is what its payload is asked for.
    pub async fn mutate(&self, name: &str, input: Value, selection: &str) -> Value {
        let (payload, errors) = self.attempt(name, input, selection).await;
        assert_eq!(errors, json!([]), "{name}");
        payload
    }

    /// Runs one mutation; gives back its payload and its user errors.
    pub async fn attempt(&self, name: &str, input: Value, selection: &str) -> (Value, Value) {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation Run($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ field code message }} }} }}"
        );
        let mut data = self.data(&query, json!({"input": input})).await;
        let errors = data[name]["userErrors"].take();
        (data[name].take(), errors)
    }
}

/// An HTTP client without proxies.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "tests are strangers to the server")]
    reqwest::Client::builder()
        .no_proxy()
        .timeout(std::time::Duration::from_secs(60))
        .build()
        .expect("a client")
}

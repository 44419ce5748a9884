//! A thin client of the Graph API: what was sent, what Meta answered, and what is known when it did not.

mod account;
mod call;
mod error;
mod number;
mod send;
mod token;

pub use account::Sync;
pub use error::{CallError, GraphError};
pub use number::PhoneNumber;
pub use send::{Accepted, Recipient, TextSend};
pub use token::{Exchanged, TokenInfo};

/// The Graph API at one base URL and version. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Graph {
    http: reqwest::Client,
    base: String,
}

impl Graph {
    /// A client for `base_url` (without a trailing slash) and a version such as `v25.0`. The caller's HTTP
    /// client decides about time-outs, proxies and redirects; it should follow none.
    #[must_use]
    pub fn new(http: reqwest::Client, base_url: &str, version: &str) -> Self {
        let (base_url, version) = (base_url.trim_end_matches('/'), version.trim_matches('/'));
        let base = if version.is_empty() { base_url.to_owned() } else { format!("{base_url}/{version}") };
        Self { http, base }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }
}

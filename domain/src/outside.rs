//! The only two HTTP clients: `meta`, to the operator's base URL, and `stranger`, to addresses that
//! others chose. Neither follows redirects or uses a proxy; both give up after 3 s of connecting and
//! 10 s in all.

use std::time::Duration;

use crate::settings::Settings;

/// Calls to the world. Clones share the connections.
#[derive(Clone)]
pub struct Outside {
    graph: whatsapp::Graph,
}

impl Outside {
    /// Prepares the clients; nothing is called yet.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        // Whoever installed a provider before us is fine too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = client()?;
        Ok(Self { graph: whatsapp::Graph::new(http, &settings.graph_url, &settings.graph_version) })
    }

    /// Meta's Graph API.
    #[must_use]
    pub fn graph(&self) -> &whatsapp::Graph {
        &self.graph
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds a client")]
fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("Colloquy/", env!("CARGO_PKG_VERSION")))
        .build()
}

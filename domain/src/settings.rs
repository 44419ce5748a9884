//! What the operator decides, read once by the program and handed in.

use chrono::TimeDelta;

/// Settings of the rules. Every field has the default of the product page.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Meta's Graph API, without a version and a trailing slash.
    pub graph_url: String,
    /// The Graph API's version, for example `v25.0`.
    pub graph_version: String,
    /// How long raw webhook bodies are kept once nothing in them is quarantined.
    pub ledger_retention: TimeDelta,
    /// How long events stay in the feed.
    pub feed_retention: TimeDelta,
    /// For how long a run of a workflow is kept when it is over, with its journal.
    pub run_retention: TimeDelta,
    /// The Meta apps whose webhooks are accepted.
    pub meta_apps: Vec<MetaApp>,
    /// What Meta must present in the webhook handshake; none refuses every handshake.
    pub meta_verify_token: Option<String>,
    /// How long whoever works may be silent before somebody else takes the work over: a lane, a run's search for an
    /// answer. Longer than any call to Meta, which takes 10 s at most. A lane's runs by the machine's clock, a search's
    /// by that of the rules.
    pub lease: TimeDelta,
    /// Networks that workflows may call although their addresses are private.
    pub callable_networks: Vec<ipnet::IpNet>,
}

/// One Meta app that may sign webhooks.
#[derive(Clone)]
pub struct MetaApp {
    /// Our name for it, as in the webhook's path.
    pub name: String,
    /// Its secrets: the present one first, then older ones that still count.
    pub secrets: Vec<String>,
}

impl std::fmt::Debug for MetaApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MetaApp({}, {} secrets)", self.name, self.secrets.len())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            graph_url: "https://graph.facebook.com".into(),
            graph_version: "v25.0".into(),
            ledger_retention: TimeDelta::days(30),
            feed_retention: TimeDelta::days(7),
            run_retention: TimeDelta::days(90),
            meta_apps: Vec::new(),
            meta_verify_token: None,
            lease: TimeDelta::seconds(15),
            callable_networks: Vec::new(),
        }
    }
}

//! Settings, read once from the environment. All faults are reported together.

use std::net::SocketAddr;
use std::path::PathBuf;

use domain::settings::MetaApp;

/// What the operator decided.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DATABASE_URL`: `sqlite://file` or `postgres://..`. Default `sqlite://colloquy.db`.
    pub database_url: String,
    /// `COLLOQUY_ADDR`: where the API listens. Default `127.0.0.1:8080`.
    pub addr: SocketAddr,
    /// `COLLOQUY_METRICS_ADDR`: where Prometheus reads. Default `127.0.0.1:9464`; `off` switches it off.
    pub metrics_addr: Option<SocketAddr>,
    /// `COLLOQUY_SECRET_KEY` or `COLLOQUY_SECRET_KEY_FILE`: 32 bytes in base64, the newest first, older ones
    /// behind `,`. Default: generated once under the user's state folder.
    pub secret_key: Option<String>,
    /// `COLLOQUY_OWNER_TOKEN`: the first token, at least 32 characters. Default: a random one.
    pub owner_token: Option<String>,
    /// `COLLOQUY_META_APPS`: `name=secret[|old secret],..`. Default: none, so every webhook is refused.
    pub meta_apps: Vec<MetaApp>,
    /// `COLLOQUY_META_VERIFY_TOKEN`: what Meta presents in the handshake. Default: none.
    pub meta_verify_token: Option<String>,
    /// `COLLOQUY_GRAPH_URL`: Default `https://graph.facebook.com`.
    pub graph_url: String,
    /// `COLLOQUY_GRAPH_VERSION`: Default `v25.0`.
    pub graph_version: String,
    /// `COLLOQUY_LEDGER_DAYS`: how long raw webhook bodies are kept, 1 to 3650 days. Default 30.
    pub ledger_days: i64,
    /// `COLLOQUY_CALLABLE_NETWORKS`: private networks that workflows may call, such as `10.1.0.0/16`, separated by
    /// commas. Default: none, only public addresses.
    pub callable_networks: Vec<ipnet::IpNet>,
    /// `COLLOQUY_ALLOWED_ORIGINS`: web pages that may use the API, separated by commas. Default: only its own.
    pub allowed_origins: Vec<String>,
    /// `COLLOQUY_STATE_DIR`: where a generated key and the first token go. Default: the user's state folder.
    pub state_dir: PathBuf,
    /// The log.
    pub log: Log,
}

/// How the program logs.
#[derive(Debug, Clone)]
pub struct Log {
    /// `COLLOQUY_LOG`: levels as `tracing` reads them, such as `info,domain=debug`. Default `info,sqlx=warn`.
    pub filter: String,
    /// `COLLOQUY_LOG_FORMAT`: `text` or `json`. Default `text`.
    pub json: bool,
}

/// Everything that is wrong with the environment.
#[derive(Debug, thiserror::Error)]
#[error("the settings are not usable:{}", .0.iter().map(|fault| format!("\n  {fault}")).collect::<String>())]
pub struct Faults(pub Vec<String>);

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`Faults`] with a line for each setting that cannot be used.
    pub fn from_environment() -> Result<Self, Faults> {
        Self::read(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads from any source of variables.
    ///
    /// # Errors
    /// [`Faults`] with a line for each setting that cannot be used.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut wrong = |name: &str, what: &str| faults.push(format!("{name}: {what}"));
        let database_url = variable("DATABASE_URL").unwrap_or_else(|| "sqlite://colloquy.db".into());
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database_url.starts_with(scheme)) {
            wrong("DATABASE_URL", "begin it with sqlite:// or postgres://");
        }
        if names_no_file(&database_url) {
            wrong(
                "DATABASE_URL",
                "name a file after sqlite://, such as sqlite://colloquy.db; memory forgets",
            );
        }
        let addr = address(&variable, "COLLOQUY_ADDR", "127.0.0.1:8080", &mut wrong);
        let metrics_addr = match variable("COLLOQUY_METRICS_ADDR").as_deref() {
            Some("off") => None,
            _ => address(&variable, "COLLOQUY_METRICS_ADDR", "127.0.0.1:9464", &mut wrong),
        };
        let secret_key = match (variable("COLLOQUY_SECRET_KEY"), variable("COLLOQUY_SECRET_KEY_FILE")) {
            (Some(_), Some(_)) => {
                wrong("COLLOQUY_SECRET_KEY", "set it or COLLOQUY_SECRET_KEY_FILE, not both");
                None
            }
            (Some(key), None) => Some(key),
            (None, Some(file)) => match std::fs::read_to_string(&file) {
                Ok(key) => Some(key.trim().to_owned()),
                Err(error) => {
                    wrong("COLLOQUY_SECRET_KEY_FILE", &format!("cannot read {file}: {error}"));
                    None
                }
            },
            (None, None) => None,
        };
        if let Some(key) = &secret_key
            && let Err(error) = domain::secret::Keyring::parse(key)
        {
            wrong("COLLOQUY_SECRET_KEY", &error.to_string());
        }
        let owner_token = variable("COLLOQUY_OWNER_TOKEN");
        if owner_token.as_ref().is_some_and(|token| token.chars().count() < domain::token::SHORTEST) {
            wrong("COLLOQUY_OWNER_TOKEN", "choose at least 32 characters");
        }
        let meta_apps = meta_apps(&variable("COLLOQUY_META_APPS").unwrap_or_default(), &mut wrong);
        let graph_url = variable("COLLOQUY_GRAPH_URL").unwrap_or_else(|| "https://graph.facebook.com".into());
        if !graph_url.starts_with("https://") && !graph_url.starts_with("http://") {
            wrong("COLLOQUY_GRAPH_URL", "begin it with https://");
        }
        let graph_version = variable("COLLOQUY_GRAPH_VERSION").unwrap_or_else(|| "v25.0".into());
        if !is_version(&graph_version) {
            wrong("COLLOQUY_GRAPH_VERSION", "write it as Meta does, such as v25.0");
        }
        let allowed_origins = list(&variable("COLLOQUY_ALLOWED_ORIGINS").unwrap_or_default());
        for origin in allowed_origins.iter().filter(|origin| !is_origin(origin)) {
            wrong(
                "COLLOQUY_ALLOWED_ORIGINS",
                &format!("{origin} is no origin: write https://desk.example.com"),
            );
        }
        let mut callable_networks = Vec::new();
        for text in list(&variable("COLLOQUY_CALLABLE_NETWORKS").unwrap_or_default()) {
            match text.parse() {
                Ok(network) => callable_networks.push(network),
                Err(_) => wrong(
                    "COLLOQUY_CALLABLE_NETWORKS",
                    &format!("{text} is no network: write 10.1.0.0/16 or 127.0.0.1/32"),
                ),
            }
        }
        let ledger_days = variable("COLLOQUY_LEDGER_DAYS").map_or(Ok(30), |days| days.parse::<i64>());
        let ledger_days = ledger_days.ok().filter(|days| (1..=3650).contains(days)).unwrap_or_else(|| {
            wrong("COLLOQUY_LEDGER_DAYS", "choose 1 to 3650 days");
            30
        });
        let log = Log::read(&variable, &mut wrong);
        let state_dir = state_dir(&variable);
        match (faults.is_empty(), addr) {
            (true, Some(addr)) => Ok(Self {
                database_url,
                addr,
                metrics_addr,
                secret_key,
                owner_token,
                meta_apps,
                meta_verify_token: variable("COLLOQUY_META_VERIFY_TOKEN"),
                graph_url: graph_url.trim_end_matches('/').to_owned(),
                graph_version,
                ledger_days,
                callable_networks,
                allowed_origins,
                state_dir,
                log,
            }),
            _ => Err(Faults(faults)),
        }
    }

    /// What the rules need of it.
    #[must_use]
    pub fn for_domain(&self) -> domain::settings::Settings {
        domain::settings::Settings {
            graph_url: self.graph_url.clone(),
            graph_version: self.graph_version.clone(),
            ledger_retention: chrono::TimeDelta::days(self.ledger_days),
            meta_apps: self.meta_apps.clone(),
            meta_verify_token: self.meta_verify_token.clone(),
            callable_networks: self.callable_networks.clone(),
            ..domain::settings::Settings::default()
        }
    }
}

impl Log {
    /// Reads only what the log needs, for commands that need nothing else.
    ///
    /// # Errors
    /// [`Faults`].
    pub fn from_environment() -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let log = Self::read(&variable, &mut |name, what| faults.push(format!("{name}: {what}")));
        if faults.is_empty() { Ok(log) } else { Err(Faults(faults)) }
    }

    fn read(variable: &impl Fn(&str) -> Option<String>, wrong: &mut impl FnMut(&str, &str)) -> Self {
        let filter = variable("COLLOQUY_LOG").unwrap_or_else(|| "info,sqlx=warn".into());
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&filter) {
            wrong("COLLOQUY_LOG", &error.to_string());
        }
        let json = match variable("COLLOQUY_LOG_FORMAT").as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(_) => {
                wrong("COLLOQUY_LOG_FORMAT", "choose text or json");
                false
            }
        };
        Self { filter, json }
    }
}

fn address(
    variable: &impl Fn(&str) -> Option<String>,
    name: &str,
    default: &str,
    wrong: &mut impl FnMut(&str, &str),
) -> Option<SocketAddr> {
    let text = variable(name).unwrap_or_else(|| default.to_owned());
    text.parse().inspect_err(|_| wrong(name, "write an address and a port, such as 127.0.0.1:8080")).ok()
}

/// `sqlite:` alone, or a database in memory, which a second connection would not see.
fn names_no_file(url: &str) -> bool {
    url.strip_prefix("sqlite:").is_some_and(|rest| {
        let file = rest.trim_start_matches('/').split('?').next().unwrap_or_default();
        file.is_empty() || file.starts_with(':') || rest.contains("mode=memory")
    })
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(a, b)| number(a) && number(b))
}

/// Scheme and host, perhaps a port, and nothing behind.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']))
}

fn meta_apps(text: &str, wrong: &mut impl FnMut(&str, &str)) -> Vec<MetaApp> {
    let mut apps: Vec<MetaApp> = Vec::new();
    for part in list(text) {
        let Some((name, secrets)) = part.split_once('=') else {
            wrong("COLLOQUY_META_APPS", "write name=secret, and several behind commas");
            continue;
        };
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let secrets: Vec<String> =
            secrets.split('|').filter(|secret| !secret.is_empty()).map(str::to_owned).collect();
        if name.is_empty() || !plain {
            wrong(
                "COLLOQUY_META_APPS",
                "name an app with letters, digits, - and _: the name stands in the webhook's path",
            );
        } else if secrets.is_empty() {
            wrong("COLLOQUY_META_APPS", &format!("the app {name} has no secret"));
        } else if apps.iter().any(|app| app.name == name) {
            wrong("COLLOQUY_META_APPS", &format!("the app {name} is listed twice"));
        } else {
            apps.push(MetaApp { name: name.to_owned(), secrets });
        }
    }
    apps
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn state_dir(variable: &impl Fn(&str) -> Option<String>) -> PathBuf {
    let chosen = variable("COLLOQUY_STATE_DIR").map(PathBuf::from);
    let xdg = || variable("XDG_STATE_HOME").map(|dir| PathBuf::from(dir).join("colloquy"));
    let home = || variable("HOME").map(|dir| PathBuf::from(dir).join(".local/state/colloquy"));
    chosen.or_else(xdg).or_else(home).unwrap_or_else(|| PathBuf::from(".colloquy"))
}

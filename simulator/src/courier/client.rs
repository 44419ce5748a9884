//! The only way out: http to a loopback host. No proxy, no redirects, ten seconds.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, Url, redirect::Policy};

pub(crate) fn build() -> io::Result<Client> {
    // reqwest is built without a TLS provider and insists on one. This one trusts nobody, which is
    // as much TLS as plain http needs, and leaves the process's own choice alone.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    #[expect(clippy::disallowed_methods, reason = "the simulator is Meta: it has its own client")]
    let builder = Client::builder();
    builder
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .map_err(io::Error::other)
}

/// The address, if it may be called.
pub(crate) fn callback(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = host == "localhost" || literal.is_ok_and(|ip| ip.is_loopback());
    (url.scheme() == "http" && loopback).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_on_loopback_is_called() {
        for good in ["http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x"] {
            assert!(callback(good).is_some(), "{good}");
        }
        for bad in [
            "https://127.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "x",
            "http://10.0.0.1/",
        ] {
            assert!(callback(bad).is_none(), "{bad}");
        }
        assert!(build().is_ok());
    }
}

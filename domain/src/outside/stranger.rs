//! Calls to addresses that others chose: never to a private one, whatever a name resolves to, and never further than the
//! address itself (no redirects). Source of the ranges: the IANA special-purpose address registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Method, Url};

/// How much of a body is read, in bytes.
const MAX_BODY: usize = 65_536;

/// The client for strangers. Clones share the connections.
#[derive(Clone)]
pub struct Strangers {
    http: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

/// A call to a stranger.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The method's name.
    pub method: &'a str,
    /// Where to.
    pub url: &'a str,
    /// With these headers.
    pub headers: &'a [(String, String)],
    /// With this body.
    pub body: Option<&'a str>,
    /// For how long at most, connecting included.
    pub timeout: Duration,
    /// The same whenever the call is made again. Source: the Idempotency-Key header of the IETF's HTTP API group.
    pub idempotency_key: &'a str,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, at most 64 KiB of it; what is no UTF-8 is replaced.
    pub body: String,
}

/// No answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was sent; why.
    NotReached(String),
    /// The request may have been worked off.
    Unknown,
}

impl Strangers {
    /// Prepares the client. `allowed` are networks that may be called although they are private.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(builder: reqwest::ClientBuilder, allowed: Vec<IpNet>) -> Result<Self, reqwest::Error> {
        let allowed: Arc<[IpNet]> = allowed.into();
        let http = builder.dns_resolver(Arc::new(PublicNames(allowed.clone()))).build()?;
        Ok(Self { http, allowed })
    }

    /// Calls.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn call(&self, call: Call<'_>) -> Result<Answer, Failure> {
        let refused = |why: &str| Failure::NotReached(why.to_owned());
        let url = Url::parse(call.url).map_err(|error| Failure::NotReached(error.to_string()))?;
        // A literal address is not resolved, so nobody else looks at it.
        if let Some(address) = literal(&url)
            && !may_call(address, &self.allowed)
        {
            return Err(refused("its address is not public"));
        }
        let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| refused("no such method"))?;
        let mut request = self.http.request(method, url).timeout(call.timeout);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        request = request.header("idempotency-key", call.idempotency_key);
        if let Some(body) = call.body {
            request = request.body(body.to_owned());
        }
        let sent = request.send().await.map_err(|error| failure(&error))?;
        let status = sent.status().as_u16();
        Ok(Answer { status, body: read(sent).await? })
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::NotReached("the request is not well formed: look at its headers".into());
    }
    match error.is_connect() {
        true => Failure::NotReached("it could not be connected to".into()),
        false => Failure::Unknown,
    }
}

async fn read(mut response: reqwest::Response) -> Result<String, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Unknown)? {
        body.extend_from_slice(&chunk);
        if body.len() >= MAX_BODY {
            body.truncate(MAX_BODY);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Resolves names to the addresses that may be called.
struct PublicNames(Arc<[IpNet]>);

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> =
                found.filter(|address| may_call(address.ip(), &allowed)).collect();
            match addresses.is_empty() {
                true => Err("it has no public address".into()),
                false => Ok(Box::new(addresses.into_iter()) as Addrs),
            }
        })
    }
}

fn may_call(address: IpAddr, allowed: &[IpNet]) -> bool {
    is_public(address) || allowed.iter().any(|network| network.contains(&address))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [first, second, ..] = segments;
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match first {
        // NAT64 and 6to4 lead to an IPv4 address.
        0x0064 if second == 0xff9b && segments[2..6] == [0; 4] => embedded(segments[6], segments[7]),
        0x2002 => embedded(second, segments[2]),
        0x2001 if second < 0x0200 || second == 0x0db8 => false,
        0x3fff => false,
        // Global unicast; everything else is mapped, local, multicast or reserved.
        first => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_may_be_called() {
        for address in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "203.0.113.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "2002:a00:1::1",
            "2001::1",
            "3fff::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        let allowed = ["10.0.0.0/8".parse().unwrap()];
        assert!(may_call("10.1.2.3".parse().unwrap(), &allowed));
        assert!(!may_call("192.168.1.1".parse().unwrap(), &allowed));
    }

    #[test]
    fn an_address_in_an_odd_spelling_is_seen_through() {
        for url in
            ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::1]/", "http://0177.0.0.1/"]
        {
            let address = literal(&Url::parse(url).unwrap()).expect(url);
            assert!(!is_public(address), "{url}");
        }
    }
}

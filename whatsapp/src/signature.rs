//! `X-Hub-Signature-256`: the HMAC-SHA256 of the raw request bytes under the Meta app's secret.
//!
//! Source: Meta, "Webhooks from Meta", validating payloads. The bytes are those on the wire: Meta
//! escapes every character above U+007F, so a body that was parsed and written again has another HMAC.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether the header is the signature of `body` under one of the secrets. Takes the same time for
/// every wrong signature of the right length.
#[must_use]
pub fn verify<'a>(secrets: impl IntoIterator<Item = &'a str>, header: Option<&[u8]>, body: &[u8]) -> bool {
    let Some(given) = header.and_then(read) else { return false };
    // No short-circuit: which of the secrets fits is nobody's business.
    secrets.into_iter().filter(|secret| !secret.is_empty()).fold(false, |found, secret| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return found };
        mac.update(body);
        mac.verify_slice(&given).is_ok() | found
    })
}

/// `sha256=` and 64 hexadecimal digits of any case.
fn read(header: &[u8]) -> Option<[u8; 32]> {
    let digits = header.strip_prefix(b"sha256=")?;
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |d: u8| char::from(d).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with another implementation: `printf 'hello' | openssl dgst -sha256 -hmac secret`.
    const HELLO: &str = "88aab3ede8d3adf94d26ab90d3bafd4a2083070c3bcce9c014ee04a443847c0b";

    #[test]
    fn the_right_secret_in_any_place_and_case_fits() {
        let header = format!("sha256={HELLO}");
        assert!(verify(["secret"], Some(header.as_bytes()), b"hello"));
        assert!(verify(
            ["new", "secret"],
            Some(header.to_uppercase().replace("SHA256", "sha256").as_bytes()),
            b"hello"
        ));
    }

    #[test]
    fn everything_else_is_refused() {
        let header = format!("sha256={HELLO}");
        assert!(!verify(["secret"], Some(header.as_bytes()), b"hello "));
        assert!(!verify(["other", ""], Some(header.as_bytes()), b"hello"));
        assert!(!verify([], Some(header.as_bytes()), b"hello"));
        for odd in [
            "",
            "sha256=",
            "sha1=00",
            &header[..70],
            &format!("{header}0"),
            &format!("sha256={}", "é".repeat(32)),
        ] {
            assert!(!verify(["secret"], Some(odd.as_bytes()), b"hello"), "{odd}");
        }
        assert!(!verify(["secret"], None, b"hello"));
    }
}

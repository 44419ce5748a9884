//! Sealing what must never come out again, such as access tokens: XChaCha20-Poly1305 with the key's
//! id, a random nonce, and the place of the value (table, row, column) as associated data.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// The keys that the operator gave: the first seals, all of them open.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<(String, Key)>,
}

/// Where a sealed value stands. A value moved to another row does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table and column.
    pub column: &'static str,
    /// The row's workspace and id.
    pub row: &'a str,
}

/// A sealed value cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Sealed {
    /// It was sealed with a key that is not listed.
    #[error("the value was sealed with key {0}, which is not in COLLOQUY_SECRET_KEY")]
    UnknownKey(String),
    /// It was changed, or belongs to another place.
    #[error("a sealed value is damaged or stands in the wrong place")]
    Damaged,
}

/// A key is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 32 bytes in base64 (43 or 44 characters)")]
pub struct BadKey;

impl Keyring {
    /// Reads keys: base64 of 32 bytes each, separated by `,` or `|`, the newest first.
    ///
    /// # Errors
    /// [`BadKey`] when one has another length or none is given.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let keys = text
            .split([',', '|'])
            .map(|part| {
                let bytes = BASE64.decode(part.trim().trim_end_matches('=')).map_err(|_| BadKey)?;
                let key: [u8; 32] = bytes.try_into().map_err(|_| BadKey)?;
                Ok((key_id(&key), Key::from(key)))
            })
            .collect::<Result<Vec<_>, BadKey>>()?;
        if keys.is_empty() { Err(BadKey) } else { Ok(Self { keys }) }
    }

    /// A new random key, in the spelling that [`Keyring::parse`] reads.
    #[must_use]
    pub fn generate() -> String {
        BASE64.encode(random::<32>())
    }

    /// The ids of the keys, for comparing with what is stored.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }

    /// Seals a text for one place.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, text: &str) -> String {
        let (id, key) = &self.keys[0];
        let nonce = XNonce::from(random::<24>());
        let aad = associated(place);
        let payload = Payload { msg: text.as_bytes(), aad: aad.as_bytes() };
        let sealed = XChaCha20Poly1305::new(key)
            .encrypt(&nonce, payload)
            .expect("a token is far below the cipher's limit");
        format!("{id}.{}.{}", BASE64.encode(nonce), BASE64.encode(sealed))
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`Sealed`] when the key is gone or the value is not whole.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Sealed> {
        let mut parts = sealed.split('.');
        let (Some(id), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Sealed::Damaged);
        };
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| known == id)
            .ok_or_else(|| Sealed::UnknownKey(id.to_owned()))?;
        let nonce: [u8; 24] =
            BASE64.decode(nonce).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(Sealed::Damaged)?;
        let text = BASE64.decode(text).map_err(|_| Sealed::Damaged)?;
        let aad = associated(place);
        let payload = Payload { msg: &text, aad: aad.as_bytes() };
        let opened = XChaCha20Poly1305::new(key)
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Sealed::Damaged)?;
        String::from_utf8(opened).map_err(|_| Sealed::Damaged)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// The id of the key that sealed a stored value.
#[must_use]
pub fn key_of(sealed: &str) -> Option<&str> {
    sealed.split_once('.').map(|(id, _)| id)
}

fn associated(place: Place<'_>) -> String {
    format!("{}/{}", place.column, place.row)
}

fn key_id(key: &[u8; 32]) -> String {
    let digest = Sha256::digest([b"colloquy key id".as_slice(), key].concat());
    digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place { column: "widget.access_token", row: "a" };

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_with_its_key() {
        let keys = Keyring::parse(&Keyring::generate()).unwrap();
        let sealed = keys.seal(HERE, "EAAB");
        assert!(!sealed.contains("EAAB"));
        assert_eq!(keys.open(HERE, &sealed).unwrap(), "EAAB");
        assert!(matches!(keys.open(Place { row: "b", ..HERE }, &sealed), Err(Sealed::Damaged)));
        let others = Keyring::parse(&Keyring::generate()).unwrap();
        assert!(matches!(others.open(HERE, &sealed), Err(Sealed::UnknownKey(_))));
    }

    #[test]
    fn an_old_key_still_opens_after_a_rotation() {
        let (old, new) = (Keyring::generate(), Keyring::generate());
        let sealed = Keyring::parse(&old).unwrap().seal(HERE, "x");
        assert_eq!(Keyring::parse(&format!("{new}|{old}")).unwrap().open(HERE, &sealed).unwrap(), "x");
        assert_eq!(Keyring::parse("short").unwrap_err(), BadKey);
    }
}

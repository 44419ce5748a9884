//! The GET request by which Meta verifies a webhook's address.
//!
//! Source: Meta, "Create a webhook endpoint". The answer is the challenge as plain text, nothing else.

use subtle::ConstantTimeEq;

/// The longest challenge that is given back, in characters.
const LONGEST: usize = 256;

/// The challenge to answer with, or None: answer 403.
#[must_use]
pub fn verify(
    expected: &str,
    mode: Option<&str>,
    token: Option<&str>,
    challenge: Option<&str>,
) -> Option<String> {
    let fits: bool = token?.as_bytes().ct_eq(expected.as_bytes()).into();
    (fits && !expected.is_empty() && mode == Some("subscribe")).then_some(())?;
    challenge.filter(|challenge| challenge.chars().count() <= LONGEST).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_token_gets_its_challenge_back() {
        let subscribe = Some("subscribe");
        assert_eq!(verify("vt", subscribe, Some("vt"), Some("42")).as_deref(), Some("42"));
        assert_eq!(verify("vt", subscribe, Some("vx"), Some("42")), None);
        assert_eq!(verify("vt", None, Some("vt"), Some("42")), None);
        assert_eq!(verify("", subscribe, Some(""), Some("42")), None);
        assert_eq!(verify("vt", subscribe, Some("vt"), Some(&"4".repeat(257))), None);
    }
}

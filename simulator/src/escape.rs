//! JSON as Meta writes it: ASCII only, with `\uXXXX` beyond U+007F and `\/` for a slash.
//!
//! Invariant: the bytes written here are the bytes that are signed; nothing rewrites them later.

use serde_json::Value;

/// The body of a webhook.
pub(crate) fn to_bytes(value: &Value) -> Vec<u8> {
    // Both kinds of character occur in JSON text only inside strings, so one pass over the plain
    // text cannot touch its structure.
    let plain = value.to_string();
    let mut out = Vec::with_capacity(plain.len() + plain.len() / 4);
    let mut units = [0u16; 2];
    for c in plain.chars() {
        match c {
            '/' => out.extend_from_slice(b"\\/"),
            '\0'..='\u{7f}' => out.push(c as u8),
            _ => {
                for unit in c.encode_utf16(&mut units) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn chinese_and_emoji_are_escaped_and_read_back_the_same() {
        let value = json!({"body": "轉真人 😀 a/b \"q\" \\ \u{7f}\n"});
        let bytes = to_bytes(&value);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(r"\u8f49\u771f\u4eba \ud83d\ude00 a\/b"), "{text}");
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
    }
}

//! Makes a body readable that JSON parsers refuse: lone surrogates and NUL become U+FFFD.

use std::borrow::Cow;

const REPLACEMENT: &[u8; 6] = br"\uFFFD";

/// Replaces `\u0000` and lone `\uD800`..`\uDFFF` escapes, and bytes that are no UTF-8. Linear.
pub(crate) fn mend(body: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    if !text.contains("\\u") {
        return text;
    }
    let bytes = text.as_bytes();
    let mut mended = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            mended.push(bytes[at]);
            at += 1;
            continue;
        }
        match unit(&bytes[at..]) {
            Some(0xD800..=0xDBFF) if matches!(unit(&bytes[at + 6..]), Some(0xDC00..=0xDFFF)) => {
                mended.extend_from_slice(&bytes[at..at + 12]);
                at += 12;
            }
            Some(0xD800..=0xDFFF | 0) => {
                mended.extend_from_slice(REPLACEMENT);
                at += 6;
            }
            Some(_) => {
                mended.extend_from_slice(&bytes[at..at + 6]);
                at += 6;
            }
            None => {
                // Another escape, perhaps `\\`: its second byte must not begin a new one.
                let end = (at + 2).min(bytes.len());
                mended.extend_from_slice(&bytes[at..end]);
                at = end;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&mended).into_owned())
}

/// The code unit of a `\uXXXX` escape at the beginning of `bytes`.
fn unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.get(..6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> String {
        serde_json::from_str(&mend(json.as_bytes())).unwrap()
    }

    #[test]
    fn what_no_parser_takes_is_replaced_and_the_rest_stays() {
        assert_eq!(read(r#""a\uD83D\uDE00b""#), "a😀b");
        assert_eq!(read(r#""a\uD83Db""#), "a\u{FFFD}b");
        assert_eq!(read(r#""\uDE00\u0000""#), "\u{FFFD}\u{FFFD}");
        assert_eq!(read(r#""\\uD83D""#), "\\uD83D");
        assert_eq!(read(r#""\uD83D\u0041""#), "\u{FFFD}A");
        assert_eq!(mend(b"\"\xff\\"), "\"\u{FFFD}\\");
    }
}

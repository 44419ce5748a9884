//! Reading JSON as Meta writes it: numbers as strings, null for absent, empty for absent.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Meta did not exist on WhatsApp before 2009: an earlier time is no time.
const FIRST_SECOND: i64 = 1_230_768_000;

/// A JSON object whose fields may be missing, null, or of a neighbouring type.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a>(Option<&'a Map<String, Value>>);

impl<'a> Node<'a> {
    pub(crate) fn of(value: &'a Value) -> Self {
        Self(value.as_object())
    }

    pub(crate) fn get(self, field: &str) -> Option<&'a Value> {
        self.0?.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn node(self, field: &str) -> Self {
        Self(self.get(field).and_then(Value::as_object))
    }

    pub(crate) fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// The objects of a list; a missing or odd list is empty.
    pub(crate) fn list(self, field: &str) -> impl Iterator<Item = &'a Value> {
        self.get(field).and_then(Value::as_array).into_iter().flatten()
    }

    /// A text or a number as text; an empty one counts as absent.
    pub(crate) fn text(self, field: &str) -> Option<String> {
        match self.get(field)? {
            Value::String(text) => (!text.is_empty()).then(|| clean(text)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A phone number in digits; none for anything else.
    pub(crate) fn phone(self, field: &str) -> Option<String> {
        let given = self.text(field)?;
        let digits: String =
            given.trim_start_matches('+').chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    }

    /// A text that may be empty: what a person wrote.
    pub(crate) fn prose(self, field: &str) -> Option<String> {
        self.get(field)?.as_str().map(clean)
    }

    pub(crate) fn integer(self, field: &str) -> Option<i64> {
        match self.get(field)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn number(self, field: &str) -> Option<f64> {
        match self.get(field)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    pub(crate) fn flag(self, field: &str) -> Option<bool> {
        match self.get(field)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Seconds since 1970 as text or number; 13 digits are milliseconds. None for what is no such time.
    pub(crate) fn time(self, field: &str) -> Option<DateTime<Utc>> {
        let given = self.integer(field)?;
        let milliseconds = if (1_000_000_000_000..10_000_000_000_000).contains(&given) {
            given
        } else {
            given.checked_mul(1000)?
        };
        (milliseconds >= FIRST_SECOND * 1000).then(|| DateTime::from_timestamp_millis(milliseconds)).flatten()
    }
}

/// NUL cannot be stored as text.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_read_as_seconds_or_milliseconds_or_not_at_all() {
        let value = json!({"a": "1739321024", "b": 1739321024, "c": "1739321024123", "d": "-5", "e": "soon", "f": 5, "g": null, "h": i64::MAX});
        let node = Node::of(&value);
        assert_eq!(node.time("a"), node.time("b"));
        assert_eq!(node.time("c").unwrap().timestamp_millis(), 1_739_321_024_123);
        for field in ["d", "e", "f", "g", "h", "absent"] {
            assert_eq!(node.time(field), None, "{field}");
        }
    }

    #[test]
    fn null_is_absent_and_numbers_are_texts() {
        let value = json!({"id": 5, "none": null, "empty": "", "nul": "a\u{0}b"});
        let node = Node::of(&value);
        assert_eq!(node.text("id").as_deref(), Some("5"));
        assert_eq!((node.text("none"), node.text("empty")), (None, None));
        assert_eq!(node.text("nul").as_deref(), Some("a\u{FFFD}b"));
        assert!(!Node::of(&json!([1])).is_there());
    }
}

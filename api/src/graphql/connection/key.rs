//! Keys of lists as opaque cursors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::DateTime;
use domain::Time;
use domain::conversation::timeline::{Place, Rank};
use uuid::Uuid;

/// What a list is ordered by, and its text within a cursor.
pub(crate) trait Key: Sized {
    /// The text of the key.
    fn spell(&self) -> String;
    /// The key of a text that `spell` wrote.
    fn parse(text: &str) -> Option<Self>;
}

pub(crate) fn write(key: &impl Key) -> String {
    BASE64.encode(key.spell())
}

pub(super) fn read<K: Key>(cursor: &str) -> Option<K> {
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    K::parse(&text)
}

impl Key for i64 {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Key for Uuid {
    fn spell(&self) -> String {
        self.simple().to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok()
    }
}

impl Key for (Time, Uuid) {
    fn spell(&self) -> String {
        format!("{}.{}", self.0.timestamp_micros(), self.1.simple())
    }

    fn parse(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?, Uuid::parse(id)?))
    }
}

/// By their place in cursors: new ones come last.
const RANKS: [Rank; 7] =
    [Rank::Message, Rank::Running, Rank::Closed, Rank::Opened, Rank::Fresh, Rank::Noted, Rank::NotedClosed];

impl Key for Place {
    fn spell(&self) -> String {
        let rank = RANKS.iter().position(|rank| *rank == self.rank).unwrap_or_default();
        let mut text = format!("{}.{rank}", self.number);
        if let (Some(at), Some(of)) = (self.at, self.of) {
            text.push_str(&format!(".{}.{}.{}", u8::from(self.end), at.timestamp_micros(), of.simple()));
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '.');
        // Far below the end of the range, so that a neighbouring number exists.
        let number = parts.next()?.parse().ok().filter(|number| (0..1 << 53).contains(number))?;
        let rank = *RANKS.get(parts.next()?.parse::<usize>().ok()?)?;
        let Some(end) = parts.next() else { return Some(Self::of(number, rank)) };
        let (at, of) = <(Time, Uuid)>::parse(parts.next()?)?;
        Some(Self { number, rank, at: Some(at), of: Some(of), end: end == "1" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_key() {
        let at = DateTime::from_timestamp_micros(1_772_442_000_123_456).unwrap();
        let wait = Uuid::now_v7();
        assert_eq!(read(&write(&42_i64)), Some(42_i64));
        assert_eq!(read(&write(&wait)), Some(wait));
        assert_eq!(read(&write(&(at, wait))), Some((at, wait)));
        for place in [
            Place::of(7, Rank::Message),
            Place::of(0, Rank::Opened),
            Place { number: 3, rank: Rank::Running, at: Some(at), of: Some(wait), end: true },
        ] {
            assert_eq!(read(&write(&place)), Some(place));
        }
    }

    #[test]
    fn any_other_text_is_no_cursor() {
        for text in ["", "!", "NDI.", "w6k", "LTE"] {
            assert_eq!(read::<Place>(text), None, "{text}");
            assert_eq!(read::<Uuid>(text), None, "{text}");
        }
    }
}

//! How many of each.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Rated;
use crate::conversation::WaitReason;
use crate::delivery::Fault;
use crate::feedback::Rating;
use crate::id::DocumentId;

/// How many of each kind; those of none are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<K>(BTreeMap<K, i64>);

/// A kind as it is stored: one word.
pub trait Word: Copy + Ord {
    fn write(self) -> String;
    fn read(word: &str) -> Option<Self>;
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Copy + Ord> Tally<K> {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }

    /// How many of one kind.
    #[must_use]
    pub fn of(&self, kind: K) -> i64 {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// Each kind and how many, in the order of the kinds.
    pub fn each(&self) -> impl Iterator<Item = (K, i64)> {
        self.0.iter().map(|(kind, n)| (*kind, *n))
    }

    /// The most frequent ones first, at most so many.
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<(K, i64)> {
        let mut each: Vec<_> = self.each().collect();
        each.sort_by_key(|(kind, n)| (std::cmp::Reverse(*n), *kind));
        each.truncate(most);
        each
    }

    /// So many more of a kind.
    pub fn add(&mut self, kind: K, n: i64) {
        if n != 0 {
            *self.0.entry(kind).or_default() += n;
        }
    }

    /// As many more of each kind as another one has.
    pub fn add_all(&mut self, other: &Self) {
        other.each().for_each(|(kind, n)| self.add(kind, n));
    }
}

impl<K: Word> Tally<K> {
    /// As stored.
    pub(super) fn write(&self) -> String {
        self.each().map(|(kind, n)| format!("{}={n}", kind.write())).collect::<Vec<_>>().join(" ")
    }

    /// Reads what is stored. A word that nobody knows is of a newer program: its own figures show it.
    pub(super) fn read(text: &str) -> Self {
        let mut tally = Self::default();
        for (word, n) in text.split(' ').filter_map(|part| part.split_once('=')) {
            if let (Some(kind), Ok(n)) = (K::read(word), n.parse()) {
                tally.add(kind, n);
            }
        }
        tally
    }
}

impl Word for WaitReason {
    fn write(self) -> String {
        self.as_str().to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

impl Word for Fault {
    fn write(self) -> String {
        self.as_str().to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

impl Word for Rated {
    fn write(self) -> String {
        let (whose, rating) = match self {
            Self::Bot(rating) => ("BOT", rating),
            Self::Agent(rating) => ("AGENT", rating),
        };
        format!("{whose}_{}", rating.as_str())
    }

    fn read(word: &str) -> Option<Self> {
        let (whose, rating) = word.split_once('_')?;
        let rating = Rating::parse(rating)?;
        match whose {
            "BOT" => Some(Self::Bot(rating)),
            "AGENT" => Some(Self::Agent(rating)),
            _ => None,
        }
    }
}

impl Word for DocumentId {
    fn write(self) -> String {
        self.0.simple().to_string()
    }

    fn read(word: &str) -> Option<Self> {
        Uuid::try_parse(word).ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again_and_the_most_frequent_come_first() {
        let mut tally = Tally::default();
        tally.add(WaitReason::Unsure, 2);
        tally.add(WaitReason::Takeover, 5);
        tally.add(WaitReason::Joined, 0);
        assert_eq!(tally.write(), "UNSURE=2 TAKEOVER=5");
        assert_eq!(Tally::read("UNSURE=2 TAKEOVER=5 NEWER=7 broken"), tally);
        assert_eq!((tally.top(1), tally.total()), (vec![(WaitReason::Takeover, 5)], 7));
        let mut rated = Tally::default();
        rated.add(Rated::Agent(Rating::Down), 1);
        rated.add(Rated::Bot(Rating::Up), 4);
        assert_eq!(rated.write(), "BOT_UP=4 AGENT_DOWN=1");
        assert_eq!(Tally::read("BOT_UP=3 AGENT_DOWN=1 BOT_UP=1 BOT_SIDEWAYS=1"), rated, "lists add up");
        let document = DocumentId::new();
        let mut cited = Tally::default();
        cited.add(document, 3);
        assert_eq!(Tally::<DocumentId>::read(&cited.write()), cited);
        assert_eq!(Tally::<DocumentId>::read(""), Tally::default());
    }
}

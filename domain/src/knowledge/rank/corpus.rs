//! How much of a question a candidate contains, seen against all candidates.
//!
//! Invariant: both measures are 0 to 1, and sums are taken in an order that does not change.

use std::collections::{HashMap, HashSet};

use super::Candidate;
use super::unit::{Unit, WEAK, units};

/// What is known about the candidates as a whole.
pub(super) struct Corpus {
    spread: HashMap<String, f64>,
    size: f64,
    mean_length: f64,
}

impl Corpus {
    pub(super) fn of(documents: &[Document]) -> Corpus {
        let mut spread: HashMap<String, f64> = HashMap::new();
        for key in documents.iter().flat_map(|document| document.frequency.keys()) {
            *spread.entry(key.clone()).or_default() += 1.0;
        }
        let size = documents.len() as f64;
        let mean_length = documents.iter().map(|document| document.length).sum::<f64>() / size.max(1.0);
        Corpus { spread, size, mean_length: mean_length.max(1.0) }
    }

    /// A word that no candidate has weighs as much as one that a single candidate has.
    fn idf(&self, key: &str) -> f64 {
        let spread = self.spread.get(key).copied().unwrap_or(1.0);
        (1.0 + (self.size + SMOOTHING - spread + 0.5) / (spread + 0.5)).ln()
    }

    /// BM25 of the words that the document has, divided by the most they could reach: 0 to 1.
    pub(super) fn bm25(&self, asked: &[Unit], document: &Document) -> f64 {
        let keys: HashSet<String> =
            asked.iter().flat_map(Unit::keys).filter(|key| document.has(key)).collect();
        let mut keys: Vec<_> = keys.into_iter().collect();
        // Floating-point sums depend on their order, and a set has none.
        keys.sort_unstable();
        let long = 1.0 - B + B * document.length / self.mean_length;
        let (mut reached, mut most) = (0.0, 0.0);
        for key in keys {
            let frequency = document.frequency.get(&key).copied().unwrap_or_default();
            reached += self.idf(&key) * frequency / (frequency + K1 * long);
            most += self.idf(&key);
        }
        if most > 0.0 { reached / most } else { 0.0 }
    }

    /// The weighted share of the question that the document contains: 0 to 1.
    pub(super) fn coverage(&self, asked: &[Unit], document: &Document) -> f64 {
        let (mut covered, mut total) = (0.0, 0.0);
        for unit in asked {
            match unit {
                Unit::Word(word) => {
                    let weight = self.idf(word);
                    total += weight;
                    covered += if document.has(word) { weight } else { 0.0 };
                }
                // A character is covered if a pair it belongs to is. Counting pairs instead would punish the
                // ones that straddle two words.
                Unit::Run(run) => {
                    let pairs = unit.keys();
                    let share = if run.len() == 1 { LONE } else { 1.0 };
                    for (at, c) in run.iter().enumerate() {
                        let around = &pairs[at.saturating_sub(1)..pairs.len().min(at + 1)];
                        let known = around.iter().filter(|pair| document.has(pair));
                        let weight = known.map(|pair| self.idf(pair)).fold(0.0, f64::max) / 2.0;
                        covered += weight * share;
                        total += match () {
                            () if weight > 0.0 => weight,
                            () if WEAK.contains(*c) => 0.0,
                            () => self.idf("") / 2.0,
                        };
                    }
                }
            }
        }
        if total > 0.0 { covered / total } else { 0.0 }
    }
}

/// A candidate, counted.
pub(super) struct Document {
    frequency: HashMap<String, f64>,
    length: f64,
}

impl Document {
    pub(super) fn read(candidate: &Candidate<'_>) -> Document {
        let mut document = Document { frequency: HashMap::new(), length: 0.0 };
        for (part, weight) in [(candidate.heading.unwrap_or_default(), HEADING), (candidate.text, 1.0)] {
            for unit in units(part) {
                for key in unit.keys() {
                    *document.frequency.entry(key).or_default() += weight;
                    document.length += weight;
                }
                for character in unit.characters() {
                    *document.frequency.entry(character).or_default() += weight;
                }
            }
        }
        document
    }

    fn has(&self, key: &str) -> bool {
        self.frequency.contains_key(key)
    }
}

/// Pretended candidates without any of the words, so that idf means something among three passages too.
const SMOOTHING: f64 = 8.0;
const K1: f64 = 1.2;
const B: f64 = 0.5;
/// A word in a heading counts this many times.
const HEADING: f64 = 2.0;
/// How much of a lone character is covered by a text that has it: it is a part of many words, so whoever asks for
/// it alone is shown what there is, but the default threshold of a bot is not reached.
const LONE: f64 = 0.4;

//! Which passage answers a question, and how sure that is.
//!
//! Words only, no model: a question in other words than the document's is not understood and scores low. A
//! passage's confidence is the share of the question's content that it contains, weighted by how rare each word is
//! among the candidates; BM25 orders what is equally covered.
//! Invariant: the order agrees with the confidence, and the same input gives the same output.

mod alike;
mod corpus;
mod unit;

use corpus::{Corpus, Document};
use unit::units;

/// A passage that may answer.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The headings above it.
    pub heading: Option<&'a str>,
    /// What it says.
    pub text: &'a str,
}

/// A candidate that shares content with the question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best {
    /// Which candidate.
    pub index: usize,
    /// 0 to 1: from 0.6 most of the question's content is in the passage, below 0.3 hardly any.
    pub confidence: f64,
}

/// The candidates that share any content with the question, best first.
pub fn rank(question: &str, candidates: &[Candidate<'_>]) -> Vec<Best> {
    let asked = units(question);
    let documents: Vec<Document> = candidates.iter().map(Document::read).collect();
    let corpus = Corpus::of(&documents);

    let mut scored: Vec<(Best, f64)> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| {
            let strength = corpus.bm25(&asked, document);
            let coverage = corpus.coverage(&asked, document);
            (Best { index, confidence: confidence(coverage, strength) }, strength)
        })
        .filter(|(best, _)| best.confidence > 0.0)
        .collect();
    scored.sort_by(|(a, a_strength), (b, b_strength)| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(b_strength.total_cmp(a_strength))
            .then(a.index.cmp(&b.index))
    });
    scored.into_iter().map(|(best, _)| best).collect()
}

/// Mostly coverage. The rest rewards a passage that is about the words rather than one that mentions them.
fn confidence(coverage: f64, strength: f64) -> f64 {
    (coverage * (0.8 + 0.2 * strength)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;

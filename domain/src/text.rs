//! Text as search sees it: folded for comparing, cut into grams for the index, into terms for ranking.
//!
//! One index serves Chinese and English, SQLite (FTS5 `unicode61`) and PostgreSQL (`tsvector` `simple`): the
//! database never sees words, only pairs of neighbouring characters spelled in the letters a-z, which neither
//! tokenizer splits, drops or stems. Invariant: whatever is contained in `fold(text)` and has two characters has
//! its `phrase` as a contiguous run of `grams(text)`. Nothing here knows a language's dictionary, and traditional
//! and simplified characters stay different.

mod fold;
mod form;
mod grams;
#[cfg(test)]
mod mixed;
mod piece;
mod sentence;
mod stop;
mod term;

pub use fold::fold;
pub(crate) use form::root;
pub use grams::{grams, phrase};
pub(crate) use piece::{Piece, pieces};
pub use sentence::sentences;
pub use term::terms;

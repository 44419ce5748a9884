//! The arguments of a connection.

use async_graphql::Result;
use domain::page::Page;

use super::key::{self, Key};
use crate::graphql::error::bad_input;

/// Entries on a page unless the client says otherwise.
const DEFAULT: i32 = 50;
/// The most entries on a page.
const MOST: i32 = 100;

/// What a client asks of a list.
pub(crate) struct Paging {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl Paging {
    /// The page to read: one entry more than it shows, which tells whether there is more.
    pub fn page<K: Key>(self) -> Result<Page<K>> {
        let (size, backwards) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(bad_input("give first or last, not both")),
            (Some(first), None) => (checked("first", first)?, false),
            (None, Some(last)) => (checked("last", last)?, true),
            (None, None) => (DEFAULT, false),
        };
        Ok(Page {
            after: self.after.as_deref().map(|text| cursor("after", text)).transpose()?,
            before: self.before.as_deref().map(|text| cursor("before", text)).transpose()?,
            backwards,
            limit: u64::from(size.unsigned_abs()) + 1,
        })
    }
}

fn checked(name: &str, size: i32) -> Result<i32> {
    match (1..=MOST).contains(&size) {
        true => Ok(size),
        false => Err(bad_input(format!("{name} is 1 to {MOST}"))),
    }
}

fn cursor<K: Key>(name: &str, text: &str) -> Result<K> {
    key::read(text).ok_or_else(|| bad_input(format!("{name} is no cursor of this list")))
}

//! Lists that can grow, as Relay connections over keys.

mod key;
mod paging;

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName};
use domain::page::Page;

pub(crate) use key::Key;
pub(crate) use paging::Paging;

/// A page of a list.
pub(crate) struct Connection<T: OutputType> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
}

/// One entry of a list.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub(crate) struct Edge<T: OutputType> {
    /// Where the entry stands in the list: give it as `after` or `before`.
    cursor: String,
    /// The entry itself.
    node: T,
}

/// Where a page stands in its list.
#[derive(SimpleObject, Clone)]
pub(crate) struct PageInfo {
    /// Whether there is more behind this page.
    has_next_page: bool,
    /// Whether there is more before this page.
    has_previous_page: bool,
    /// The cursor of the first entry; null on an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last entry; null on an empty page.
    end_cursor: Option<String>,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The entries with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The entries alone.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }
}

impl<T: OutputType> Connection<T> {
    /// Makes a page of what was read for it: one more than it shows, if there is more.
    pub fn new<K: Key, R>(page: &Page<K>, mut rows: Vec<R>, entry: impl Fn(R) -> (K, T)) -> Self {
        let size = usize::try_from(page.limit - 1).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        match page.backwards {
            false => rows.truncate(size),
            true => drop(rows.drain(..rows.len().saturating_sub(size))),
        }
        let edges: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let (key, node) = entry(row);
                Edge { cursor: key::write(&key), node }
            })
            .collect();
        let page_info = PageInfo {
            has_next_page: if page.backwards { page.before.is_some() } else { more },
            has_previous_page: if page.backwards { more } else { page.after.is_some() },
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info }
    }
}

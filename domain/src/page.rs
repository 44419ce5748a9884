//! Pages of lists by key, never by offset: what is added elsewhere neither repeats nor hides a row.
//!
//! A page of each of many parents is one statement, however many parents there are.

use sea_orm::sea_query::{Alias, Asterisk, Query, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Value,
};
use uuid::Uuid;

use crate::clock::Time;
use crate::error::Result;
use crate::scope::Scope;

/// Parents per statement: SQLite takes at most 500 parts of a UNION.
const PARENTS: usize = 400;

/// Which part of a list; `K` is the key that orders it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page<K> {
    /// Only what comes after this key in the order.
    pub after: Option<K>,
    /// Only what comes before this key in the order.
    pub before: Option<K>,
    /// From the end of that part instead of its beginning.
    pub backwards: bool,
    /// At most so many.
    pub limit: u64,
}

/// Which way a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The smallest key first.
    Rising,
    /// The greatest key first.
    Falling,
}

impl<K> Page<K> {
    /// Puts rows that were read from the page's near end into the list's order.
    pub(crate) fn in_order<R>(&self, mut rows: Vec<R>) -> Vec<R> {
        if self.backwards {
            rows.reverse();
        }
        rows
    }
}

/// A page ordered by one column without duplicates.
pub(crate) fn by_column<E, K>(
    mut select: Select<E>,
    column: E::Column,
    page: &Page<K>,
    order: Order,
) -> Select<E>
where
    E: EntityTrait,
    K: Clone + Into<Value>,
{
    let rising = order == Order::Rising;
    let beyond = |key: &K, up: bool| match up {
        true => column.gt(key.clone()),
        false => column.lt(key.clone()),
    };
    if let Some(after) = &page.after {
        select = select.filter(beyond(after, rising));
    }
    if let Some(before) = &page.before {
        select = select.filter(beyond(before, !rising));
    }
    let select = match rising != page.backwards {
        true => select.order_by_asc(column),
        false => select.order_by_desc(column),
    };
    select.limit(page.limit)
}

/// A page ordered by a time and, where it is equal, by the id.
pub(crate) fn by_time<E: EntityTrait>(
    mut select: Select<E>,
    (time, id): (E::Column, E::Column),
    page: &Page<(Time, Uuid)>,
    order: Order,
) -> Select<E> {
    let rising = order == Order::Rising;
    let beyond = |key: &(Time, Uuid), up: bool| {
        let (at, tie) = *key;
        let (later, behind) = match up {
            true => (time.gt(at), id.gt(tie)),
            false => (time.lt(at), id.lt(tie)),
        };
        Condition::any().add(later).add(Condition::all().add(time.eq(at)).add(behind))
    };
    if let Some(after) = &page.after {
        select = select.filter(beyond(after, rising));
    }
    if let Some(before) = &page.before {
        select = select.filter(beyond(before, !rising));
    }
    let select = match rising != page.backwards {
        true => select.order_by_asc(time).order_by_asc(id),
        false => select.order_by_desc(time).order_by_desc(id),
    };
    select.limit(page.limit)
}

/// Runs one select per parent as one statement. The rows come in no order.
pub(crate) async fn each<E: EntityTrait>(scope: &Scope, selects: Vec<Select<E>>) -> Result<Vec<E::Model>> {
    let db = scope.reader();
    let mut rows = Vec::new();
    for part in selects.chunks(PARENTS) {
        // Each part keeps its own order and limit, which only a subquery may have on both databases.
        let mut parts = part.iter().map(|select| {
            let inner = select.clone().into_query();
            Query::select().column(Asterisk).from_subquery(inner, Alias::new("part")).to_owned()
        });
        let Some(mut all) = parts.next() else { continue };
        for next in parts {
            all.union(UnionType::All, next);
        }
        let statement = db.get_database_backend().build(&all);
        rows.extend(E::Model::find_by_statement(statement).all(db).await?);
    }
    Ok(rows)
}

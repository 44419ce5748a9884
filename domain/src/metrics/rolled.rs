//! What of a workspace is rolled up at a moment.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;

use super::dirty;
use super::plan::Range;
use crate::database::statement;
use crate::error::Result;
use crate::id::{WidgetId, WorkspaceId};

/// Events read at once.
const EVENTS: u64 = 2_000;
/// Where more pages of them are not rolled up, a plain count is as fast.
const PAGES: usize = 50;

/// Which quarters are rolled up.
pub(super) struct Rolled {
    /// Every one from here on, ..
    pub from: i64,
    /// .. but for these.
    dirty: BTreeSet<(WidgetId, i64)>,
}

impl Rolled {
    /// Nothing is.
    const NONE: Self = Self { from: i64::MAX, dirty: BTreeSet::new() };

    /// Within a transaction that sees one moment.
    pub(super) async fn of(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Self> {
        let sql = "SELECT p.position, p.built_from, f.last, f.pruned_through \
                   FROM metric_progress p JOIN feed f ON f.workspace_id = p.workspace_id WHERE p.workspace_id = $1";
        let Some(row) = db.query_one_raw(statement(db, sql, [workspace.0.into()])).await? else {
            return Ok(Self::NONE);
        };
        let number = |name: &str| row.try_get::<i64>("", name);
        let (mut position, last) = (number("position")?, number("last")?);
        if position < number("pruned_through")? {
            return Ok(Self::NONE);
        }
        let mut dirty = BTreeSet::new();
        for _ in 0..PAGES {
            let tail = dirty::between(db, workspace, (position, last), EVENTS).await?;
            dirty.extend(tail.quarters);
            position = tail.through;
            if tail.whole {
                return Ok(Self { from: number("built_from")?, dirty });
            }
        }
        Ok(Self::NONE)
    }

    /// What changed of any of these widgets, as ranges in order.
    pub(super) fn dirty(&self, widgets: &[WidgetId]) -> Vec<Range> {
        let of = |widget: &WidgetId| self.dirty.range((*widget, i64::MIN)..=(*widget, i64::MAX));
        let quarters: BTreeSet<i64> = widgets.iter().flat_map(of).map(|(_, quarter)| *quarter).collect();
        super::plan::ranges(quarters)
    }
}

//! Numbered places at which a test may let a piece of work pause, or die as if its process had.
//!
//! Costs an atomic look when nobody listens; nothing in the product ever sets one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::id::WorkspaceId;

tokio::task_local! {
    static PAUSE_AFTER_FEED: Duration;
}

/// Where work may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seam {
    /// 1: a transaction has done its work and writes its lanes, jobs and events next.
    BeforeTail,
    /// 2: everything is written, nothing is visible yet.
    BeforeCommit,
    /// 3: everything is visible, and nobody has been told.
    AfterCommit,
    /// 4: a call to the outside is about to be made.
    BeforeCall,
    /// 5: a call was made, and what came of it is known to nobody else.
    AfterCall,
    /// 6: a message is about to be sent to Meta.
    BeforeSend,
    /// 7: Meta answered, and nobody else knows what.
    AfterSend,
}

impl Seam {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 7] = [
        Self::BeforeTail,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeCall,
        Self::AfterCall,
        Self::BeforeSend,
        Self::AfterSend,
    ];
}

/// What is planned for a workspace: how often each seam was taken, and where to die.
#[derive(Debug, Default)]
struct Plan {
    taken: HashMap<Seam, usize>,
    dies: Option<(Seam, usize)>,
}

static LISTENING: AtomicUsize = AtomicUsize::new(0);
static PLANS: Mutex<Option<HashMap<WorkspaceId, Plan>>> = Mutex::new(None);

/// Counts the seams that a workspace's work takes, until it is dropped.
#[derive(Debug)]
pub struct Watch(WorkspaceId);

impl Watch {
    /// Begins to count.
    #[must_use]
    pub fn over(workspace: WorkspaceId) -> Self {
        LISTENING.fetch_add(1, Ordering::SeqCst);
        with_plans(|plans| plans.insert(workspace, Plan::default()));
        Self(workspace)
    }

    /// Counts from zero again, and lets the work die that takes `seam` for the `nth` time (the first is 0).
    pub fn die_at(&self, seam: Seam, nth: usize) {
        let plan = Plan { taken: HashMap::new(), dies: Some((seam, nth)) };
        with_plans(|plans| plans.insert(self.0, plan));
    }

    /// How often a seam was taken.
    #[must_use]
    pub fn taken(&self, seam: Seam) -> usize {
        let taken = |plan: &Plan| plan.taken.get(&seam).copied().unwrap_or_default();
        with_plans(|plans| plans.get(&self.0).map(taken)).unwrap_or_default()
    }

    /// Whether the work that was to die did.
    #[must_use]
    pub fn has_died(&self) -> bool {
        with_plans(|plans| plans.get(&self.0).is_none_or(|plan| plan.dies.is_none()))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        with_plans(|plans| plans.remove(&self.0));
        LISTENING.fetch_sub(1, Ordering::SeqCst);
    }
}

fn with_plans<T>(work: impl FnOnce(&mut HashMap<WorkspaceId, Plan>) -> T) -> T {
    work(PLANS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// Work takes a seam. Dying is an error that the job layer tries again, with everything that is not committed undone.
pub(crate) fn take(workspace: WorkspaceId, seam: Seam) -> Result<()> {
    if LISTENING.load(Ordering::SeqCst) == 0 {
        return Ok(());
    }
    let dies = with_plans(|plans| {
        let Some(plan) = plans.get_mut(&workspace) else { return false };
        let taken = plan.taken.entry(seam).or_default();
        let dies = plan.dies == Some((seam, *taken));
        *taken += 1;
        if dies {
            plan.dies = None;
        }
        dies
    });
    if dies { Err(Error::internal(format!("died at {seam:?}, as a test wanted"))) } else { Ok(()) }
}

/// Runs `work` with a pause between the feed update and the COMMIT of every transaction in it.
pub async fn pausing_after_feed<F: Future>(pause: Duration, work: F) -> F::Output {
    PAUSE_AFTER_FEED.scope(pause, work).await
}

/// The feed row is locked and the events are written, nothing is visible yet.
pub(crate) async fn after_feed() {
    if let Ok(pause) = PAUSE_AFTER_FEED.try_with(|pause| *pause) {
        tokio::time::sleep(pause).await;
    }
}

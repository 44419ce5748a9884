//! Everything a rule may reach: database, clock, ids, settings, hints, outside.

use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Clock;
use crate::database::Database;
use crate::hint::Hints;
use crate::ledger::Desk;
use crate::outside::Outside;
use crate::secret::Keyring;
use crate::settings::Settings;

/// The surroundings of the rules. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Env(Arc<Inner>);

struct Inner {
    parts: Parts,
    desk: Desk,
}

/// What an [`Env`] is made of.
pub struct Parts {
    /// Where rows live.
    pub database: Database,
    /// Rule time.
    pub clock: Clock,
    /// Keys that seal access tokens.
    pub keyring: Keyring,
    /// What the operator decided.
    pub settings: Settings,
    /// "Look again", to whoever waits.
    pub hints: Hints,
    /// Calls to the world.
    pub outside: Outside,
}

impl Env {
    /// Puts the surroundings together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, desk: Desk::default() }))
    }

    /// Where webhook bodies wait for their commit.
    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }
}

impl Deref for Env {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

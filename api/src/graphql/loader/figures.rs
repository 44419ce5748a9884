//! Figures, of as many as are asked for with one set of statements.

use std::collections::{HashMap, HashSet};

use async_graphql::dataloader::Loader;
use domain::Time;
use domain::metrics::{self, Parts, Period, Report, StatusCount, Unique, Whose};

use super::{Reads, Shared};

/// The last thirty days until now; which moment that is, whoever asks with others agrees on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RecentOf {
    pub whose: Whose,
    pub until: Time,
    pub parts: Parts,
}

impl Loader<RecentOf> for Reads {
    type Value = Report;
    type Error = Shared;

    async fn load(&self, keys: &[RecentOf]) -> Result<HashMap<RecentOf, Report>, Shared> {
        let mut found = HashMap::new();
        let now = keys.iter().map(|key| key.until).max().unwrap_or_default();
        let alike: HashSet<Parts> = keys.iter().map(|key| key.parts).collect();
        for parts in alike {
            let keys: Vec<_> = keys.iter().filter(|key| key.parts == parts).copied().collect();
            let whose: Vec<_> = keys.iter().map(|key| key.whose).collect();
            let reports = metrics::recent(&self.0, now, &whose, parts).await?;
            found.extend(keys.into_iter().zip(reports));
        }
        Ok(found)
    }
}

/// How many different conversations and contacts there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct UniqueOf {
    pub whose: Whose,
    pub period: Period,
}

impl Loader<UniqueOf> for Reads {
    type Value = Unique;
    type Error = Shared;

    async fn load(&self, keys: &[UniqueOf]) -> Result<HashMap<UniqueOf, Unique>, Shared> {
        let mut found = HashMap::new();
        let alike: HashSet<Period> = keys.iter().map(|key| key.period).collect();
        for period in alike {
            let keys: Vec<_> = keys.iter().filter(|key| key.period == period).copied().collect();
            let whose: Vec<_> = keys.iter().map(|key| key.whose).collect();
            found.extend(keys.into_iter().zip(metrics::uniques(&self.0, &whose, period).await?));
        }
        Ok(found)
    }
}

/// How many conversations stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LiveOf(pub Whose);

impl Loader<LiveOf> for Reads {
    type Value = Vec<StatusCount>;
    type Error = Shared;

    async fn load(&self, keys: &[LiveOf]) -> Result<HashMap<LiveOf, Vec<StatusCount>>, Shared> {
        let whose: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counts = metrics::lives(&self.0, &whose).await?;
        Ok(keys.iter().copied().zip(counts).collect())
    }
}

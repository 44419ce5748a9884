//! From settings to an [`Env`].

use domain::clock::Clock;
use domain::database::{Database, Durability};
use domain::env::{Env, Parts};
use domain::hint::Hints;
use domain::outside::Outside;

use crate::settings::Settings;
use crate::{Fault, key};

/// Opens the database and puts the surroundings together. Migrates nothing.
pub async fn env(settings: &Settings, clock: Clock, durability: Durability) -> Result<Env, Fault> {
    let keyring = key::load(settings)?;
    let database = Database::open(&settings.database_url, durability)
        .await
        .map_err(|error| format!("cannot open the database (DATABASE_URL): {error}"))?;
    let for_domain = settings.for_domain();
    let outside = Outside::new(&for_domain)?;
    Ok(Env::new(Parts { database, clock, keyring, settings: for_domain, hints: Hints::default(), outside }))
}

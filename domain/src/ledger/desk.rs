//! Bodies that come at the same time share one commit: a commit waits for the disk, so a crowd of webhooks
//! would wait for it one by one.
//!
//! Invariant: nobody is told that a body is stored before the commit that holds it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{DbErr, EntityTrait, ExprTrait, IntoActiveModel};
use tokio::sync::oneshot;

use crate::env::Env;
use crate::error::{Error, Result};

/// Bodies per commit.
const MOST: usize = 64;
/// Bytes per commit, unless one body alone is larger: Meta's largest are 3 MB.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How a commit ended, for everybody who waited for it.
type Stored = std::result::Result<(), Arc<DbErr>>;

/// Where bodies wait for the next commit.
#[derive(Default)]
pub(crate) struct Desk(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    bodies: Vec<(entity::ledger::Model, oneshot::Sender<Stored>)>,
    /// Somebody is writing and will look again.
    writing: bool,
}

impl Waiting {
    /// How many of them fit into one commit.
    fn next(&self) -> usize {
        let mut bytes = 0;
        let fits = self.bodies.iter().take(MOST).take_while(|(body, _)| {
            let fits = bytes < MOST_BYTES;
            bytes += body.body.as_ref().map_or(0, Vec::len);
            fits
        });
        fits.count()
    }
}

/// Stores a body with those that come at the same time.
///
/// # Errors
/// [`Error::Unavailable`] when the database did not take it.
pub(super) async fn store(env: &Env, body: entity::ledger::Model) -> Result<()> {
    let (stored, answer) = oneshot::channel();
    let first = {
        let mut waiting = env.desk().lock();
        waiting.bodies.push((body, stored));
        !std::mem::replace(&mut waiting.writing, true)
    };
    if first {
        // A task of its own: the request that began it may be given up, and others wait for its commit too.
        tokio::spawn(write(env.clone()));
    }
    match answer.await {
        Ok(stored) => stored.map_err(|error| Error::Unavailable(Box::new(error))),
        Err(gone) => Err(Error::Unavailable(Box::new(gone))),
    }
}

async fn write(env: Env) {
    let _done = Done(env.clone());
    loop {
        let taken: Vec<_> = {
            let mut waiting = env.desk().lock();
            let most = waiting.next();
            waiting.bodies.drain(..most).collect()
        };
        let (bodies, answers): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
        let stored = insert(&env, bodies).await.map_err(Arc::new);
        for answer in answers {
            // Who waited may be gone; the body is stored all the same.
            let _ = answer.send(stored.clone());
        }
        let mut waiting = env.desk().lock();
        if waiting.bodies.is_empty() {
            waiting.writing = false;
            return;
        }
    }
}

/// One statement, one commit. A body that comes again is counted, also within one crowd.
async fn insert(env: &Env, bodies: Vec<entity::ledger::Model>) -> std::result::Result<(), DbErr> {
    use entity::ledger::Column;
    let mut distinct: HashMap<(String, Vec<u8>), entity::ledger::Model> = HashMap::new();
    for body in bodies {
        let deliveries = body.deliveries;
        let known = distinct.entry((body.app.clone(), body.body_hash.clone()));
        known.and_modify(|known| known.deliveries += deliveries).or_insert(body);
    }
    let known = OnConflict::columns([Column::App, Column::BodyHash])
        .value(
            Column::Deliveries,
            Expr::col((entity::ledger::Entity, Column::Deliveries)).add(Expr::cust("excluded.deliveries")),
        )
        .to_owned();
    let mut rows: Vec<_> = distinct.into_values().collect();
    // Two nodes that take the same bodies lock their rows in the same order.
    rows.sort_by(|a, b| (&a.app, &a.body_hash).cmp(&(&b.app, &b.body_hash)));
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    entity::ledger::Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(env.database.writer())
        .await
        .map(drop)
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whatever ends the writing, the next body begins it again.
struct Done(Env);

impl Drop for Done {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut waiting = self.0.desk().lock();
            waiting.writing = false;
            waiting.bodies.clear();
        }
    }
}

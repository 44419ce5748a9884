//! What every operation carries: who asks, what they may see, and the loaders.

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Error, ID, Result};
use domain::{Actor, Env, Scope};

use super::error::{self, Shared};
use super::gather;
use super::loader::Reads;

/// One operation: a query, a mutation, or a subscription until its stream ends.
///
/// Its loaders gather what is asked for at the same time into one read and remember nothing, so an object
/// reached twice, or after a change, or by a later event, shows its state of that moment.
pub(crate) struct Operation {
    /// Who asks.
    pub actor: Arc<Actor>,
    /// What they may see.
    pub scope: Scope,
    request_id: String,
    loader: DataLoader<Reads>,
}

/// The operation that a resolver works for.
pub(crate) fn operation<'a>(ctx: &Context<'a>) -> &'a Operation {
    ctx.data_unchecked()
}

/// The surroundings of the rules.
pub(crate) fn env<'a>(ctx: &Context<'a>) -> &'a Env {
    ctx.data_unchecked()
}

impl Operation {
    /// An operation of `actor`.
    pub fn new(env: &Env, actor: Arc<Actor>, request_id: &str) -> Self {
        let scope = Scope::of(env, actor.workspace);
        let loader = gather::loader(Reads(scope.clone()));
        Self { actor, scope, request_id: request_id.to_owned(), loader }
    }

    /// The id that finds this operation in the log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// What a rule answered, or the error that the client sees.
    pub fn told<T>(&self, result: domain::Result<T>) -> Result<T> {
        result.map_err(|fault| error::tell(&fault, &self.request_id))
    }

    /// What a row holds, or an internal error if it breaks its own rules.
    pub fn read<T>(&self, result: Result<T, domain::error::Corrupt>) -> Result<T> {
        self.told(result.map_err(domain::Error::from))
    }

    /// The error that the client sees.
    pub fn tell(&self, fault: &domain::Error) -> Error {
        error::tell(fault, &self.request_id)
    }

    /// An id of one type; any other text names nothing.
    pub fn id<K: FromStr>(&self, id: &ID) -> Result<K> {
        id.parse().map_err(|_| error::not_found())
    }

    /// What the key leads to, read together with what others ask for now.
    pub async fn find<K>(&self, key: K) -> Result<Option<<Reads as Loader<K>>::Value>>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Reads: Loader<K, Error = Shared>,
    {
        self.loader.load_one(key).await.map_err(|fault| fault.tell(&self.request_id))
    }

    /// The object that a client named.
    pub async fn named<K>(&self, key: K) -> Result<<Reads as Loader<K>>::Value>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Reads: Loader<K, Error = Shared>,
    {
        self.find(key).await?.ok_or_else(error::not_found)
    }
}

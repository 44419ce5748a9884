//! An export page by page, as the client takes it.

use std::io;

use axum::body::Bytes;
use domain::session::{self, Opened};
use domain::{Actor, Env, Result, Scope, Time, token};
use futures_util::{Stream, stream};
use uuid::Uuid;

use super::row;
use crate::graphql::error::chain;

/// Sessions on a page: some hundred kilobytes of text.
const SIZE: u64 = 500;

/// An export that goes on.
pub(super) struct Pages {
    env: Env,
    actor: Actor,
    scope: Scope,
    which: Opened,
    request_id: String,
    /// What was read and the client has not taken.
    ready: Option<Bytes>,
    /// Where the next page begins; None behind the last one.
    next: Option<(Time, Uuid)>,
}

impl Pages {
    /// Reads the first page.
    ///
    /// # Errors
    /// Invalid on `until` for a period that is over before it begins; the database's.
    pub async fn open(
        env: Env,
        actor: Actor,
        scope: Scope,
        which: Opened,
        request_id: String,
    ) -> Result<Self> {
        let mut pages = Self { env, actor, scope, which, request_id, ready: None, next: None };
        let mut text = row::header()?;
        text.extend(pages.read(None).await?);
        pages.ready = Some(text.into());
        Ok(pages)
    }

    /// The text of the file. What fails on the way ends it with an error, which breaks the transfer off: a short file
    /// must not look whole.
    pub fn stream(self) -> impl Stream<Item = io::Result<Bytes>> {
        stream::try_unfold(self, async |mut pages| Ok(pages.take().await?.map(|text| (text, pages))))
    }

    async fn take(&mut self) -> io::Result<Option<Bytes>> {
        if let Some(ready) = self.ready.take() {
            return Ok(Some(ready));
        }
        let Some(next) = self.next else { return Ok(None) };
        match self.go_on(next).await {
            Ok(Some(text)) => Ok(Some(text.into())),
            Ok(None) => {
                tracing::info!(
                    request_id = self.request_id,
                    "an export broke off: its token is not valid any more"
                );
                Err(io::Error::other("the token is not valid any more"))
            }
            Err(fault) => {
                tracing::error!(request_id = self.request_id, error = chain(&fault), "an export broke off");
                Err(io::Error::other("the export broke off"))
            }
        }
    }

    /// The page behind a place; None if the one who asked may not have it any more.
    async fn go_on(&mut self, after: (Time, Uuid)) -> Result<Option<Vec<u8>>> {
        match token::is_still_valid(&self.env, &self.actor).await? {
            true => self.read(Some(after)).await.map(Some),
            false => Ok(None),
        }
    }

    async fn read(&mut self, after: Option<(Time, Uuid)>) -> Result<Vec<u8>> {
        // One more than is shown tells whether there is more.
        let mut rows = session::export(&self.scope, &self.which, after, SIZE + 1).await?;
        let more = rows.len() as u64 > SIZE;
        if more {
            rows.pop();
        }
        self.next = rows.last().filter(|_| more).map(session::Exported::key);
        row::write(&rows)
    }
}

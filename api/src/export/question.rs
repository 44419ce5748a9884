//! What an export is asked for, in the address.

use std::str::FromStr;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::Uri;
use chrono::{DateTime, TimeDelta};
use domain::id::WidgetId;
use domain::session::Opened;
use domain::{Error, Result, Scope, Time, widget};
use serde::Deserialize;

use crate::transport::Fault;

/// How long a period is that begins nowhere.
const USUAL: TimeDelta = TimeDelta::days(30);

/// As it is spelled. Another parameter is refused: one misspelled would export what nobody meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    from: Option<String>,
    until: Option<String>,
    widget: Option<String>,
}

impl Question {
    /// Reads the address.
    ///
    /// # Errors
    /// 400 for a parameter that there is not, or that is there twice.
    pub fn read(uri: &Uri) -> std::result::Result<Self, Fault> {
        let wrong = |rejection: QueryRejection| {
            let why = rejection.body_text();
            Fault::bad_request(format!("use the parameters from, until and widget, each at most once: {why}"))
        };
        Query::try_from_uri(uri).map(|Query(question)| question).map_err(wrong)
    }

    /// The sessions that it asks for: without `until` up to now, without `from` of the thirty days before.
    ///
    /// # Errors
    /// Invalid for a time that is none; NOT_FOUND for a widget that the workspace does not have; the database's.
    pub async fn sessions(&self, scope: &Scope, now: Time) -> Result<Opened> {
        let until = time("until", self.until.as_deref())?.unwrap_or(now);
        let from = time("from", self.from.as_deref())?.unwrap_or(until - USUAL);
        let widget = match &self.widget {
            Some(text) => Some(known(scope, text).await?),
            None => None,
        };
        Ok(Opened { from, until, widget })
    }
}

fn time(name: &'static str, text: Option<&str>) -> Result<Option<Time>> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| {
        let hint = "write a time as RFC 3339 has it, for example 2026-03-02T09:00:00Z or \
                    2026-03-02T17:00:00%2B08:00: in an address %2B stands for +";
        Error::invalid(name, hint)
    };
    DateTime::parse_from_rfc3339(text).map(|time| Some(time.to_utc())).map_err(wrong)
}

async fn known(scope: &Scope, text: &str) -> Result<WidgetId> {
    let id = WidgetId::from_str(text).map_err(|_| Error::NotFound)?;
    let found = widget::load(scope, &[id]).await?;
    found.first().map(|_| id).ok_or(Error::NotFound)
}

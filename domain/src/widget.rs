//! Configured bots: on WhatsApp one linked phone number each.
//!
//! The epoch rises with everything that stops the bot at once: unpublish, archive, switching the bot
//! or the channel off. A bot answer commits, and a bot send starts, only under the epoch it began with.

mod connect;
mod reconnect;
mod settings;

use sea_orm::{ColumnTrait, QueryFilter, Select};

use crate::actor::Actor;
use crate::conversation::bot_is_on;
use crate::document;
use crate::env::Env;
use crate::error::{Error, Refusal, Result};
use crate::event::Event;
use crate::id::{ChannelId, WidgetId};
use crate::job::Job;
use crate::page::{self, Order, Page};
use crate::scope::Scope;
use crate::secret::Place;
use crate::tx::{Committed, Tx, locked, shared};

pub use connect::{ANSWER_THRESHOLD, Connect, connect};
pub use reconnect::reconnect;
pub use settings::{Advanced, Appearance, Behavior, update_advanced, update_appearance, update_behavior};

/// What still keeps a widget from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No public company name.
    CompanyDisplayName,
    /// No phone number is linked, or its access token is gone.
    Number,
    /// A document that every bot needs has no active version.
    Document(document::Kind),
}

/// Lists what keeps a widget from being published.
#[must_use]
pub fn problems(widget: &entity::widget::Model, missing: &[document::Kind]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if widget.company_display_name.trim().is_empty() {
        problems.push(Problem::CompanyDisplayName);
    }
    if widget.phone_number_id.is_none() || widget.access_token.is_none() {
        problems.push(Problem::Number);
    }
    problems.extend(missing.iter().copied().map(Problem::Document));
    problems
}

/// What keeps each of these widgets from being published now.
///
/// # Errors
/// The database's.
pub async fn setup_problems(scope: &Scope, widget: &entity::widget::Model) -> Result<Vec<Problem>> {
    Ok(problems(widget, &document::missing(scope).await?))
}

/// Makes a widget ACTIVE: its bot answers from now on.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; CHANNEL_DISABLED; SETUP_INCOMPLETE (its `setup_problems` tell what).
pub async fn publish(env: &Env, actor: &Actor, id: WidgetId) -> Result<Committed> {
    let missing = document::missing(&Scope::of(env, actor.workspace)).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (channel, mut widget) = lock(&tx, id).await?;
    actor.must_administer()?;
    if widget.archived_at.is_some() {
        return Err(Error::refused(
            Refusal::InvalidTransition,
            "the widget is archived: link its number again",
        ));
    }
    if channel.state != "ENABLED" {
        return Err(Error::refused(Refusal::ChannelDisabled, "the channel is switched off: enable it first"));
    }
    if !problems(&widget, &missing).is_empty() {
        return Err(Error::refused(Refusal::SetupIncomplete, "something is missing: setupProblems lists it"));
    }
    if widget.state != "ACTIVE" {
        "ACTIVE".clone_into(&mut widget.state);
        widget.demoted_by_channel = false;
        save(&mut tx, &widget).await?;
    }
    tx.commit().await
}

/// Makes a widget DRAFT: its bot stops at once.
///
/// # Errors
/// NOT_FOUND; Denied for plain members.
pub async fn unpublish(env: &Env, actor: &Actor, id: WidgetId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (_, mut widget) = lock(&tx, id).await?;
    actor.must_administer()?;
    if widget.state == "ACTIVE" || widget.demoted_by_channel {
        "DRAFT".clone_into(&mut widget.state);
        widget.demoted_by_channel = false;
        stop_bot(&mut tx, &mut widget);
        save(&mut tx, &widget).await?;
    }
    tx.commit().await
}

/// Locks a widget for a change, after its channel (shared).
pub(crate) async fn lock(
    tx: &Tx<'_>,
    id: WidgetId,
) -> Result<(entity::channel::Model, entity::widget::Model)> {
    under_its_channel(tx, id, locked).await
}

/// Keeps a widget and its channel from changing until the transaction ends.
pub(crate) async fn share(
    tx: &Tx<'_>,
    id: WidgetId,
) -> Result<(entity::channel::Model, entity::widget::Model)> {
    under_its_channel(tx, id, shared).await
}

async fn under_its_channel(
    tx: &Tx<'_>,
    id: WidgetId,
    hold: fn(Select<entity::widget::Entity>) -> Select<entity::widget::Entity>,
) -> Result<(entity::channel::Model, entity::widget::Model)> {
    let by_id = || tx.find::<entity::widget::Entity>().filter(entity::widget::Column::Id.eq(id.0));
    let seen = by_id().one(tx.db()).await?.ok_or(Error::NotFound)?;
    let channel =
        tx.find::<entity::channel::Entity>().filter(entity::channel::Column::Id.eq(seen.channel_id));
    let channel = shared(channel).one(tx.db()).await?.ok_or(Error::NotFound)?;
    let widget = hold(by_id()).one(tx.db()).await?.ok_or(Error::NotFound)?;
    Ok((channel, widget))
}

/// Writes a changed widget with its event.
pub(crate) async fn save(tx: &mut Tx<'_>, widget: &entity::widget::Model) -> Result<()> {
    tx.save(widget).await?;
    let (active, bot_on) = (widget.state == "ACTIVE", bot_is_on(widget));
    tx.announce(Event::WidgetChanged { widget: WidgetId(widget.id), active, bot_on });
    Ok(())
}

/// Stops the bot: what it is about to do does not count any more, and its runs end.
pub(crate) fn stop_bot(tx: &mut Tx<'_>, widget: &mut entity::widget::Model) {
    widget.epoch += 1;
    let (workspace, widget, epoch) = (tx.workspace, WidgetId(widget.id), widget.epoch);
    tx.enqueue(Job::StopRuns { workspace, widget, epoch });
}

/// The number's access token, opened. None when it has none.
pub(crate) fn access_token(env: &Env, widget: &entity::widget::Model) -> Result<Option<String>> {
    let row = token_row(widget);
    widget
        .access_token
        .as_deref()
        .map(|sealed| env.keyring.open(token_place(&row), sealed))
        .transpose()
        .map_err(Error::internal)
}

pub(crate) fn token_row(widget: &entity::widget::Model) -> String {
    format!("{}/{}", widget.workspace_id, widget.id)
}

pub(crate) fn token_place(row: &str) -> Place<'_> {
    Place { column: "widget.access_token", row }
}

/// Widgets by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[WidgetId]) -> Result<Vec<entity::widget::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::widget::Entity>().filter(entity::widget::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

/// The widget's channel.
#[must_use]
pub fn channel_of(widget: &entity::widget::Model) -> ChannelId {
    ChannelId(widget.channel_id)
}

/// The ids of keys that sealed stored access tokens and are not in the keyring.
///
/// # Errors
/// The database's.
pub async fn unknown_keys(env: &Env) -> Result<Vec<String>> {
    let widgets = crate::scope::everywhere::<entity::widget::Entity>()
        .filter(entity::widget::Column::AccessToken.is_not_null())
        .all(env.database.reader())
        .await?;
    let used =
        widgets.iter().filter_map(|widget| widget.access_token.as_deref()).filter_map(crate::secret::key_of);
    let mut unknown: Vec<String> =
        used.filter(|id| env.keyring.ids().all(|known| known != *id)).map(str::to_owned).collect();
    unknown.sort();
    unknown.dedup();
    Ok(unknown)
}

/// A page of the workspace's widgets that are not archived, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(scope: &Scope, page: &Page<uuid::Uuid>) -> Result<Vec<entity::widget::Model>> {
    let all = scope.find::<entity::widget::Entity>().filter(entity::widget::Column::ArchivedAt.is_null());
    let query = page::by_column(all, entity::widget::Column::Id, page, Order::Rising);
    Ok(page.in_order(query.all(scope.reader()).await?))
}

/// A page of the widgets of each of these channels that are not archived, oldest first.
///
/// # Errors
/// The database's.
pub async fn pages(
    scope: &Scope,
    channels: &[ChannelId],
    page: &Page<uuid::Uuid>,
) -> Result<Vec<entity::widget::Model>> {
    use entity::widget::Column;
    let of = |id: &ChannelId| {
        let all = scope.find::<entity::widget::Entity>().filter(Column::ChannelId.eq(id.0));
        page::by_column(all.filter(Column::ArchivedAt.is_null()), Column::Id, page, Order::Rising)
    };
    let mut rows = page::each(scope, channels.iter().map(of).collect()).await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

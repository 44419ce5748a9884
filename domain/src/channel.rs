//! Ways in: one per workspace and kind; switching one off stops its bots at once.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::actor::Actor;
use crate::document;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::{ChannelId, WidgetId};
use crate::scope::Scope;
use crate::tx::{Committed, Tx, locked};
use crate::widget;

/// What switching a channel on answers.
#[derive(Debug, Clone)]
pub struct Enabled {
    /// Where it stands in the feed.
    pub committed: Committed,
    /// Widgets that the channel had demoted and that now lack something: they stay DRAFT.
    pub left_as_draft: Vec<WidgetId>,
}

/// The workspace's WhatsApp channel, made with its first number. The row is locked.
pub(crate) async fn whatsapp(tx: &mut Tx<'_>) -> Result<entity::channel::Model> {
    let query = tx.find::<entity::channel::Entity>().filter(entity::channel::Column::Kind.eq("WHATSAPP"));
    if let Some(channel) = locked(query).one(tx.db()).await? {
        return Ok(channel);
    }
    let row = entity::channel::Model {
        id: ChannelId::new().0,
        workspace_id: tx.workspace.0,
        kind: "WHATSAPP".to_owned(),
        state: "ENABLED".to_owned(),
        created_at: tx.now(),
    };
    tx.insert(row.clone()).await?;
    tx.announce(Event::ChannelChanged { channel: ChannelId(row.id), enabled: true });
    Ok(row)
}

async fn lock(tx: &Tx<'_>, id: ChannelId) -> Result<entity::channel::Model> {
    let query = tx.find::<entity::channel::Entity>().filter(entity::channel::Column::Id.eq(id.0));
    locked(query).one(tx.db()).await?.ok_or(Error::NotFound)
}

async fn widgets(tx: &Tx<'_>, channel: &entity::channel::Model) -> Result<Vec<entity::widget::Model>> {
    let query = tx
        .find::<entity::widget::Entity>()
        .filter(entity::widget::Column::ChannelId.eq(channel.id))
        .filter(entity::widget::Column::ArchivedAt.is_null())
        .order_by_asc(entity::widget::Column::Id);
    Ok(locked(query).all(tx.db()).await?)
}

/// Switches a channel off: every ACTIVE widget becomes DRAFT and remembers why, and its bot stops.
///
/// # Errors
/// NOT_FOUND; Denied for plain members.
pub async fn disable(env: &Env, actor: &Actor, id: ChannelId) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut channel = lock(&tx, id).await?;
    actor.must_administer()?;
    if channel.state == "ENABLED" {
        "DISABLED".clone_into(&mut channel.state);
        tx.save(&channel).await?;
        for mut widget in widgets(&tx, &channel).await? {
            widget::stop_bot(&mut tx, &mut widget);
            if widget.state == "ACTIVE" {
                "DRAFT".clone_into(&mut widget.state);
                widget.demoted_by_channel = true;
            }
            widget::save(&mut tx, &widget).await?;
        }
        tx.announce(Event::ChannelChanged { channel: id, enabled: false });
    }
    tx.commit().await
}

/// Switches a channel on: exactly the widgets that it demoted become ACTIVE again.
///
/// # Errors
/// NOT_FOUND; Denied for plain members.
pub async fn enable(env: &Env, actor: &Actor, id: ChannelId) -> Result<Enabled> {
    let missing = document::missing(&Scope::of(env, actor.workspace)).await?;
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut channel = lock(&tx, id).await?;
    actor.must_administer()?;
    let mut left_as_draft = Vec::new();
    if channel.state == "DISABLED" {
        "ENABLED".clone_into(&mut channel.state);
        tx.save(&channel).await?;
        for mut widget in widgets(&tx, &channel).await?.into_iter().filter(|widget| widget.demoted_by_channel)
        {
            if widget::problems(&widget, &missing).is_empty() {
                "ACTIVE".clone_into(&mut widget.state);
                widget.demoted_by_channel = false;
            } else {
                left_as_draft.push(WidgetId(widget.id));
            }
            widget::save(&mut tx, &widget).await?;
        }
        tx.announce(Event::ChannelChanged { channel: id, enabled: true });
    }
    Ok(Enabled { committed: tx.commit().await?, left_as_draft })
}

/// Channels of the workspace, oldest first.
///
/// # Errors
/// The database's.
pub async fn all(scope: &Scope) -> Result<Vec<entity::channel::Model>> {
    let query = scope.find::<entity::channel::Entity>().order_by_asc(entity::channel::Column::Id);
    Ok(query.all(scope.reader()).await?)
}

/// Channels by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ChannelId]) -> Result<Vec<entity::channel::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::channel::Entity>().filter(entity::channel::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

//! Tenants: making one with its owner, and reading it.

mod command;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use crate::actor::Role;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::feed;
use crate::id::{MemberId, WorkspaceId};
use crate::scope::{Scope, everywhere};
use crate::token::{self, Issued};
use crate::tx::SystemTx;

pub use command::{Change, update};

/// A new workspace and the credential of its owner.
#[derive(Clone)]
pub struct Founded {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its owner, who has no password yet.
    pub owner: MemberId,
    /// A token that acts as the owner; none when the operator chose one.
    pub token: Option<Issued>,
}

/// Makes a workspace with an owner and a token, unless there is one already.
///
/// # Errors
/// The database's; Invalid when the operator's token is too short.
pub async fn found_first(env: &Env, chosen_token: Option<&str>) -> Result<Option<Founded>> {
    let tx = SystemTx::begin(env).await?;
    lock_founding(&tx).await?;
    if everywhere::<entity::workspace::Entity>().count(tx.db()).await? > 0 {
        return Ok(None);
    }
    let founded = write(env, &tx, "My company", chosen_token).await?;
    tx.commit().await?;
    Ok(Some(founded))
}

/// Makes a workspace with an owner and a token.
///
/// # Errors
/// The database's.
pub async fn found(env: &Env, name: &str) -> Result<Founded> {
    let tx = SystemTx::begin(env).await?;
    let founded = write(env, &tx, name, None).await?;
    tx.commit().await?;
    Ok(founded)
}

/// Two nodes that start at once on an empty database must not found two workspaces.
async fn lock_founding(tx: &SystemTx<'_>) -> Result<()> {
    if crate::tx::has_row_locks(tx.db()) {
        tx.db().execute_unprepared("LOCK TABLE workspace IN EXCLUSIVE MODE").await?;
    }
    Ok(())
}

async fn write(env: &Env, tx: &SystemTx<'_>, name: &str, chosen: Option<&str>) -> Result<Founded> {
    let now = env.clock.now();
    let (workspace, owner) = (WorkspaceId::new(), MemberId::new());
    let row = entity::workspace::ActiveModel {
        id: Set(workspace.0),
        name: Set(name.to_owned()),
        time_zone: Set("UTC".to_owned()),
        locale: Set("en".to_owned()),
        created_at: Set(now),
    };
    entity::workspace::Entity::insert(row).exec_without_returning(tx.db()).await?;
    feed::open(tx.db(), workspace).await?;
    let member = entity::member::ActiveModel {
        id: Set(owner.0),
        workspace_id: Set(workspace.0),
        name: Set("Owner".to_owned()),
        email: Set(None),
        role: Set(Role::Owner.as_str().to_owned()),
        password_hash: Set(None),
        removed_at: Set(None),
        created_at: Set(now),
    };
    entity::member::Entity::insert(member).exec_without_returning(tx.db()).await?;
    let token = match chosen {
        Some(secret) if secret.chars().count() < token::SHORTEST => {
            return Err(Error::invalid(
                "token",
                format!("choose a token of at least {} characters", token::SHORTEST),
            ));
        }
        Some(secret) => {
            token::store(tx.db(), workspace, owner, "first token", secret, now).await?;
            None
        }
        None => Some(token::issue(tx.db(), workspace, owner, "first token", now).await?),
    };
    Ok(Founded { workspace, owner, token })
}

/// Makes another token for the oldest owner of a workspace (the only one if none is named).
///
/// # Errors
/// NOT_FOUND when there is no such workspace or more than one to choose from.
pub async fn token_for_owner(env: &Env, workspace: Option<WorkspaceId>, name: &str) -> Result<Issued> {
    let tx = SystemTx::begin(env).await?;
    let mut owners = everywhere::<entity::member::Entity>()
        .filter(entity::member::Column::Role.eq(Role::Owner.as_str()))
        .filter(entity::member::Column::RemovedAt.is_null());
    if let Some(workspace) = workspace {
        owners = owners.filter(entity::member::Column::WorkspaceId.eq(workspace.0));
    }
    let owners = owners.order_by_asc(entity::member::Column::CreatedAt).all(tx.db()).await?;
    let first = owners.first().ok_or(Error::NotFound)?;
    if owners.iter().any(|owner| owner.workspace_id != first.workspace_id) {
        return Err(Error::invalid("workspace", "there are several workspaces: name one"));
    }
    let (workspace, member) = (WorkspaceId(first.workspace_id), MemberId(first.id));
    let issued = token::issue(tx.db(), workspace, member, name, env.clock.now()).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Every workspace of this hub, for its operator.
///
/// # Errors
/// The database's.
pub async fn all(env: &Env) -> Result<Vec<WorkspaceId>> {
    let rows = everywhere::<entity::workspace::Entity>().all(env.database.reader()).await?;
    Ok(rows.into_iter().map(|row| WorkspaceId(row.id)).collect())
}

/// The workspace itself.
///
/// # Errors
/// NOT_FOUND when it is gone.
pub async fn load(scope: &Scope) -> Result<entity::workspace::Model> {
    scope.find::<entity::workspace::Entity>().one(scope.reader()).await?.ok_or(Error::NotFound)
}

/// Members by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn members(scope: &Scope, ids: &[MemberId]) -> Result<Vec<entity::member::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::member::Entity>().filter(entity::member::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

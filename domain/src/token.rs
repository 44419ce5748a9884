//! Credentials of integrations: random, shown once, stored hashed; each acts as the member who made it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};

use crate::actor::{Actor, Role};
use crate::clock::Time;
use crate::database::statement;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::id::{ApiTokenId, MemberId, WorkspaceId};
use crate::scope::{Scope, everywhere};
use crate::secret::random;

/// The shortest token that an operator may choose, in characters.
pub const SHORTEST: usize = 32;

/// A new token and the only copy of its secret.
#[derive(Clone)]
pub struct Issued {
    /// Its id.
    pub id: ApiTokenId,
    /// What the client sends as `Authorization: Bearer ..`. Never stored, never shown again.
    pub secret: String,
}

/// Makes a token that acts as `member`.
///
/// # Errors
/// The database's.
pub async fn issue(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    member: MemberId,
    name: &str,
    now: Time,
) -> Result<Issued> {
    let secret = format!("clq_{}", BASE64.encode(random::<32>()));
    let id = store(db, workspace, member, name, &secret, now).await?;
    Ok(Issued { id, secret })
}

/// Stores the hash of a secret that the operator chose.
pub(crate) async fn store(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    member: MemberId,
    name: &str,
    secret: &str,
    now: Time,
) -> Result<ApiTokenId> {
    let id = ApiTokenId::new();
    let row = entity::api_token::ActiveModel {
        id: Set(id.0),
        workspace_id: Set(workspace.0),
        member_id: Set(member.0),
        name: Set(name.to_owned()),
        secret_hash: Set(hash(secret)),
        expires_at: Set(None),
        last_used_at: Set(None),
        revoked_at: Set(None),
        created_at: Set(now),
    };
    entity::api_token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Who a bearer token acts as; None when it is unknown, expired, revoked, or its member was removed.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be asked.
pub async fn authenticate(env: &Env, secret: &str) -> Result<Option<Actor>> {
    let now = env.clock.now();
    let found = everywhere::<entity::api_token::Entity>()
        .filter(entity::api_token::Column::SecretHash.eq(hash(secret)))
        .one(env.database.reader())
        .await?;
    let Some(token) = found.filter(|token| is_valid(token, now)) else { return Ok(None) };
    let member = everywhere::<entity::member::Entity>()
        .filter(entity::member::Column::Id.eq(token.member_id))
        .filter(entity::member::Column::RemovedAt.is_null())
        .one(env.database.reader())
        .await?;
    let Some(member) = member else { return Ok(None) };
    note_use(env, &token, now).await;
    Ok(Some(Actor {
        workspace: WorkspaceId(token.workspace_id),
        member: MemberId(member.id),
        role: Role::read(&member.role, member.id)?,
        token: Some(ApiTokenId(token.id)),
    }))
}

fn is_valid(token: &entity::api_token::Model, now: Time) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|at| now < at)
}

/// Remembers the use, at most once a minute: reading must not become writing.
async fn note_use(env: &Env, token: &entity::api_token::Model, now: Time) {
    if token.last_used_at.is_some_and(|at| now - at < chrono::TimeDelta::minutes(1)) {
        return;
    }
    let db = env.database.writer();
    let used =
        statement(db, "UPDATE api_token SET last_used_at = $1 WHERE id = $2", [now.into(), token.id.into()]);
    if let Err(error) = db.execute_raw(used).await {
        tracing::debug!(%error, "the last use of a token was not noted");
    }
}

/// Whether the token that opened a stream still counts.
///
/// # Errors
/// [`Error::Unavailable`] when the database cannot be asked.
pub async fn is_still_valid(env: &Env, actor: &Actor) -> Result<bool> {
    let Some(id) = actor.token else { return Ok(true) };
    let db = env.database.reader();
    let token = everywhere::<entity::api_token::Entity>()
        .filter(entity::api_token::Column::Id.eq(id.0))
        .one(db)
        .await?;
    let member = everywhere::<entity::member::Entity>()
        .filter(entity::member::Column::Id.eq(actor.member.0))
        .filter(entity::member::Column::RemovedAt.is_null())
        .one(db)
        .await?;
    Ok(member.is_some() && token.is_some_and(|token| is_valid(&token, env.clock.now())))
}

/// Ends a token; its streams end within seconds.
///
/// # Errors
/// Denied for plain members; NOT_FOUND.
pub async fn revoke(env: &Env, actor: &Actor, id: ApiTokenId) -> Result<()> {
    actor.must_administer()?;
    let db = env.database.writer();
    let values = [env.clock.now().into(), id.0.into(), actor.workspace.0.into()];
    let sql =
        "UPDATE api_token SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2 AND workspace_id = $3";
    match db.execute_raw(statement(db, sql, values)).await?.rows_affected() {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Tokens by id, in no order; ids of other workspaces are left out.
///
/// # Errors
/// The database's.
pub async fn load(scope: &Scope, ids: &[ApiTokenId]) -> Result<Vec<entity::api_token::Model>> {
    let ids = ids.iter().map(|id| id.0);
    let query = scope.find::<entity::api_token::Entity>().filter(entity::api_token::Column::Id.is_in(ids));
    Ok(query.all(scope.reader()).await?)
}

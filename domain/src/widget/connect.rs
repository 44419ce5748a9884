//! Linking a phone number by hand: Meta is asked before anything is stored.

use sea_orm::{ColumnTrait, QueryFilter};
use whatsapp::{CallError, ErrorClass};

use super::{save, token_place, token_row};
use crate::actor::Actor;
use crate::channel;
use crate::env::Env;
use crate::error::{Error, Refusal, Result, is_duplicate};
use crate::health::{self, Shown};
use crate::id::WidgetId;
use crate::scope::everywhere;
use crate::tx::{Committed, Tx};

/// What an owner copies from Meta's dashboard.
#[derive(Clone)]
pub struct Connect {
    /// The internal name, unique in the channel.
    pub name: String,
    /// The public company name.
    pub company_display_name: String,
    /// Meta's id of the phone number.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// A system user's access token. Sealed before it is stored.
    pub access_token: String,
    /// Our name of the Meta app whose webhooks bring this number's messages.
    pub meta_app: String,
}

/// The product's defaults for a new widget.
const GATHER_QUIET_MS: i64 = 2_000;
const GATHER_MAX_MS: i64 = 10_000;
/// How sure a bot must be to answer, from 0 to 1, until its widget says otherwise.
pub const ANSWER_THRESHOLD: f64 = 0.45;
const SESSION_LENGTH_S: i64 = 24 * 60 * 60;

/// Links a number: a DRAFT widget, or the archived one of this workspace that had it.
///
/// # Errors
/// Denied for plain members; Invalid on a field; REJECTED_BY_META with Meta's reason; NUMBER_TAKEN;
/// NAME_TAKEN; Unavailable when Meta cannot be reached.
pub async fn connect(env: &Env, actor: &Actor, new: &Connect) -> Result<(WidgetId, Committed)> {
    actor.must_administer()?;
    check(env, new)?;
    let shown = ask(env, &new.access_token, &new.phone_number_id, &new.waba_id).await?;
    // Where Meta does not tell the owner, the account itself stands in as the portfolio.
    let portfolio = owner(env, new).await?.unwrap_or_else(|| new.waba_id.clone());
    let number = shown.number.clone();
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let channel = channel::whatsapp(&mut tx).await?;
    let taken = everywhere::<entity::widget::Entity>()
        .filter(entity::widget::Column::PhoneNumberId.eq(&new.phone_number_id))
        .filter(entity::widget::Column::ArchivedAt.is_null())
        .one(tx.db())
        .await?;
    if taken.is_some() {
        return Err(number_taken());
    }
    let archived = tx
        .find::<entity::widget::Entity>()
        .filter(entity::widget::Column::PhoneNumberId.eq(&new.phone_number_id))
        .filter(entity::widget::Column::ArchivedAt.is_not_null())
        .one(tx.db())
        .await?;
    let restored = archived.is_some();
    let now = tx.now();
    let mut row = archived.unwrap_or_else(|| fresh(&tx, &channel, now));
    row.archived_at = None;
    "DRAFT".clone_into(&mut row.state);
    new.name.trim().clone_into(&mut row.name);
    new.company_display_name.trim().clone_into(&mut row.company_display_name);
    row.phone_number_id = Some(new.phone_number_id.clone());
    row.waba_id = Some(new.waba_id.clone());
    row.portfolio_id = Some(portfolio);
    row.meta_app = Some(new.meta_app.clone());
    row.display_phone_number = number.display_phone_number;
    row.verified_name = number.verified_name;
    let place = token_row(&row);
    row.access_token = Some(env.keyring.seal(token_place(&place), &new.access_token));
    if !restored {
        match tx.insert(row.clone()).await {
            Err(error) if is_duplicate(&error) => return Err(duplicate(&error)),
            other => other?,
        }
    }
    save(&mut tx, &row).await?;
    health::linked(&mut tx, &row, &shown).await?;
    Ok((WidgetId(row.id), tx.commit().await?))
}

/// Asks Meta for the number, subscribes to the account's webhooks, and asks the phone for its address book.
pub(super) async fn ask(env: &Env, token: &str, phone_number_id: &str, waba_id: &str) -> Result<Shown> {
    let graph = env.outside.graph();
    let number = graph.phone_number(token, phone_number_id).await.map_err(rejected)?;
    graph.subscribe(token, waba_id).await.map_err(rejected)?;
    if number.is_on_biz_app == Some(true) {
        // It names contacts, once, within a day of onboarding: a refusal is the usual answer later.
        if let Err(error) = graph.sync(token, phone_number_id, whatsapp::Sync::Contacts).await {
            tracing::info!(%error, "the phone's address book was not sent");
        }
    }
    let token = graph.debug_token(token).await.ok();
    Ok(Shown { number, token_expires_at: token.and_then(|token| token.expires_at) })
}

async fn owner(env: &Env, new: &Connect) -> Result<Option<String>> {
    match env.outside.graph().owner_business(&new.access_token, &new.waba_id).await {
        // Not every token may see it.
        Err(CallError::Refused(error)) if whatsapp::classify(&error) == ErrorClass::Payload => Ok(None),
        other => other.map_err(rejected),
    }
}

fn check(env: &Env, new: &Connect) -> Result<()> {
    let digits =
        |text: &str| (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&new.phone_number_id) {
        return Err(Error::invalid(
            "phoneNumberId",
            "copy the phone number id from Meta's dashboard: digits only",
        ));
    }
    if !digits(&new.waba_id) {
        return Err(Error::invalid(
            "wabaId",
            "copy the WhatsApp Business Account id from Meta's dashboard: digits only",
        ));
    }
    check_token(&new.access_token)?;
    super::settings::check_names(&new.name, &new.company_display_name)?;
    if !env.settings.meta_apps.iter().any(|app| app.name == new.meta_app) {
        return Err(Error::invalid("metaApp", "name an app that COLLOQUY_META_APPS lists"));
    }
    Ok(())
}

pub(super) fn check_token(token: &str) -> Result<()> {
    match token.trim().is_empty() || token.len() > 4096 {
        true => Err(Error::invalid("accessToken", "paste the access token of a system user")),
        false => Ok(()),
    }
}

pub(super) fn rejected(error: CallError) -> Error {
    match error {
        CallError::Refused(error) => Error::refused(Refusal::RejectedByMeta, whatsapp::explain(&error)),
        other => Error::Unavailable(Box::new(other)),
    }
}

fn number_taken() -> Error {
    Error::refused(Refusal::NumberTaken, "this phone number is linked to a widget already")
}

fn duplicate(error: &sea_orm::DbErr) -> Error {
    match error.to_string().contains("name") {
        true => Error::refused(Refusal::NameTaken, "another widget of this channel has this name"),
        false => number_taken(),
    }
}

fn fresh(tx: &Tx<'_>, channel: &entity::channel::Model, now: crate::Time) -> entity::widget::Model {
    entity::widget::Model {
        id: WidgetId::new().0,
        workspace_id: tx.workspace.0,
        channel_id: channel.id,
        state: "DRAFT".to_owned(),
        demoted_by_channel: false,
        archived_at: None,
        epoch: 0,
        name: String::new(),
        company_display_name: String::new(),
        human_handover_enabled: true,
        phone_message_takes_over: true,
        gather_quiet_ms: GATHER_QUIET_MS,
        gather_max_ms: GATHER_MAX_MS,
        bot_enabled: true,
        answer_threshold: ANSWER_THRESHOLD,
        session_length_s: SESSION_LENGTH_S,
        mark_as_read: true,
        phone_number_id: None,
        waba_id: None,
        portfolio_id: None,
        meta_app: None,
        display_phone_number: None,
        verified_name: None,
        access_token: None,
        workflow_id: None,
        created_at: now,
    }
}

//! The three sections of a widget's settings, each changed on its own.

use sea_orm::{ColumnTrait, QueryFilter};

use super::{lock, save};
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Refusal, Result, is_duplicate};
use crate::id::{WidgetId, WorkflowId};
use crate::tx::{Committed, Tx, shared};

/// How the widget is called.
#[derive(Debug, Clone, Default)]
pub struct Appearance {
    /// The public company name.
    pub company_display_name: Option<String>,
    /// The internal name, unique in the channel.
    pub name: Option<String>,
}

/// How it behaves. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct Behavior {
    /// Whether the bot may ask for a person.
    pub human_handover_enabled: Option<bool>,
    /// Whether a message typed in the phone app silences the bot.
    pub phone_message_takes_over: Option<bool>,
    /// How long it must be quiet before the bot answers, in milliseconds (0 to 30,000).
    pub gather_quiet_ms: Option<i64>,
    /// The longest gathering, in milliseconds (0 to 60,000).
    pub gather_max_ms: Option<i64>,
}

/// The rest. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct Advanced {
    /// Whether the bot answers at all.
    pub bot_enabled: Option<bool>,
    /// Below this confidence the bot asks for a person (0 to 1).
    pub answer_threshold: Option<f64>,
    /// Whether customers see that their message was read.
    pub mark_as_read: Option<bool>,
    /// The workflow that answers the customer; within, None is the built-in assistant.
    pub workflow: Option<Option<WorkflowId>>,
}

/// Changes how the widget is called.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on a field; NAME_TAKEN.
pub async fn update_appearance(
    env: &Env,
    actor: &Actor,
    id: WidgetId,
    change: &Appearance,
) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (_, mut widget) = lock(&tx, id).await?;
    actor.must_administer()?;
    let name = change.name.clone().unwrap_or_else(|| widget.name.clone());
    let company = change.company_display_name.clone().unwrap_or_else(|| widget.company_display_name.clone());
    check_names(&name, &company)?;
    name.trim().clone_into(&mut widget.name);
    company.trim().clone_into(&mut widget.company_display_name);
    match save(&mut tx, &widget).await {
        Err(Error::Internal(source)) if source.downcast_ref().is_some_and(is_duplicate) => {
            Err(Error::refused(Refusal::NameTaken, "another widget of this channel has this name"))
        }
        Err(other) => Err(other),
        Ok(()) => tx.commit().await,
    }
}

/// Changes how the widget behaves.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on a field.
pub async fn update_behavior(env: &Env, actor: &Actor, id: WidgetId, change: &Behavior) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (_, mut widget) = lock(&tx, id).await?;
    actor.must_administer()?;
    widget.human_handover_enabled = change.human_handover_enabled.unwrap_or(widget.human_handover_enabled);
    widget.phone_message_takes_over =
        change.phone_message_takes_over.unwrap_or(widget.phone_message_takes_over);
    widget.gather_quiet_ms = change.gather_quiet_ms.unwrap_or(widget.gather_quiet_ms);
    widget.gather_max_ms = change.gather_max_ms.unwrap_or(widget.gather_max_ms);
    if !(0..=30_000).contains(&widget.gather_quiet_ms) {
        return Err(Error::invalid("gatherQuietMs", "choose 0 to 30000 milliseconds"));
    }
    if !(0..=60_000).contains(&widget.gather_max_ms) {
        return Err(Error::invalid("gatherMaxMs", "choose 0 to 60000 milliseconds"));
    }
    save(&mut tx, &widget).await?;
    tx.commit().await
}

/// Changes the rest; switching the bot off stops it at once.
///
/// # Errors
/// NOT_FOUND; Denied for plain members; Invalid on a field.
pub async fn update_advanced(env: &Env, actor: &Actor, id: WidgetId, change: &Advanced) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let (_, mut widget) = lock(&tx, id).await?;
    actor.must_administer()?;
    if let Some(threshold) = change.answer_threshold {
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Error::invalid("answerThreshold", "choose a number from 0 to 1"));
        }
        widget.answer_threshold = threshold;
    }
    widget.mark_as_read = change.mark_as_read.unwrap_or(widget.mark_as_read);
    if let Some(workflow) = change.workflow {
        if let Some(workflow) = workflow {
            must_be_published(&tx, workflow).await?;
        }
        widget.workflow_id = workflow.map(|workflow| workflow.0);
    }
    if let Some(enabled) = change.bot_enabled {
        if widget.bot_enabled && !enabled {
            super::stop_bot(&mut tx, &mut widget);
        }
        widget.bot_enabled = enabled;
    }
    save(&mut tx, &widget).await?;
    tx.commit().await
}

/// A widget's workflow is published, and is kept from being deleted meanwhile.
async fn must_be_published(tx: &Tx<'_>, id: WorkflowId) -> Result<()> {
    use entity::workflow::{Column, Entity};
    let row = shared(tx.find::<Entity>().filter(Column::Id.eq(id.0))).one(tx.db()).await?;
    match row.ok_or(Error::NotFound)?.published_number {
        Some(_) => Ok(()),
        None => Err(Error::refused(Refusal::NotPublished, "publish the workflow first")),
    }
}

/// Names are 1 to 120 characters.
pub(super) fn check_names(name: &str, company: &str) -> Result<()> {
    let fits = |text: &str| (1..=120).contains(&text.trim().chars().count()) && !text.contains('\0');
    if !fits(name) {
        return Err(Error::invalid("name", "give an internal name of 1 to 120 characters"));
    }
    if !fits(company) {
        return Err(Error::invalid(
            "companyDisplayName",
            "give the company's public name in 1 to 120 characters",
        ));
    }
    Ok(())
}

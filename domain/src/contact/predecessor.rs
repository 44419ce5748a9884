//! The notice of a new user id and the first message under it travel in different lanes. A message that is
//! ahead of its notice looks for it here, so that it does not make a second contact.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};
use whatsapp::{Body, Content};

use super::Person;
use super::identity::{self, Name};
use super::replace::{self, Replaced, Replacement, replace};
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::id::ContactId;
use crate::tx::Tx;

/// The reason of a notice whose old name nobody had.
pub(crate) const UNKNOWN: &str = "UNKNOWN_CONTACT";
/// Replacements that one look goes back.
const FAR: usize = 8;

/// One new user id whose notice is not applied yet.
struct Step {
    old_user_id: Option<String>,
    old_phone: Option<String>,
    user_id: String,
    at: Time,
}

impl Step {
    fn replacement(&self) -> Replacement<'_> {
        let (user_id, phone) = (self.old_user_id.as_deref(), self.old_phone.as_deref());
        let was = Person { user_id, phone, ..Person::default() };
        Replacement { was, user_id: Some(&self.user_id), phone: None, at: self.at }
    }
}

/// The contact that had this user id's predecessor, now with this one.
pub(super) async fn follow(tx: &mut Tx<'_>, portfolio: &str, user_id: &str) -> Result<Option<ContactId>> {
    let mut steps = Vec::new();
    let mut contact = None;
    let mut current = Some(user_id.to_owned());
    while let Some(id) = current.take().filter(|_| steps.len() < FAR) {
        let Some(step) = before(tx, portfolio, &id).await? else { break };
        contact = replace::known(tx, portfolio, &step.replacement()).await?;
        if contact.is_none() {
            current.clone_from(&step.old_user_id);
        }
        steps.push(step);
    }
    if contact.is_none() {
        return Ok(None);
    }
    for step in steps.iter().rev() {
        match replace(tx, portfolio, &step.replacement()).await? {
            Replaced::Done | Replaced::Same => {}
            Replaced::Unknown | Replaced::Conflict { .. } => return Ok(None),
        }
    }
    Ok(contact)
}

/// A contact that begins with this user id also answers to the ones that it replaced: what was written under
/// them may come late.
pub(super) async fn claim(tx: &Tx<'_>, contact: ContactId, portfolio: &str, user_id: &str) -> Result<()> {
    let mut current = user_id.to_owned();
    for _ in 0..FAR {
        let Some(step) = before(tx, portfolio, &current).await? else { break };
        let Some(old) = step.old_user_id else { break };
        if !identity::add(tx, contact, Name::user_id(portfolio, &old), Some(step.at)).await? {
            break;
        }
        current = old;
    }
    Ok(())
}

/// The notice that made this user id, if it has not been applied.
async fn before(tx: &Tx<'_>, portfolio: &str, user_id: &str) -> Result<Option<Step>> {
    use entity::inbound_element::Column;
    let notices = tx
        .find::<entity::inbound_element::Entity>()
        .filter(Column::TargetId.eq(user_id))
        // Spelled out, so that both databases see that their index of notices fits.
        .filter(Expr::cust("kind IN ('user_id_update', 'notice')"))
        .filter(Condition::any().add(Column::Outcome.is_null()).add(Column::Reason.eq(UNKNOWN)))
        .order_by_desc(Column::ArrivedAt);
    for row in notices.all(tx.db()).await? {
        if !is_in(tx, portfolio, &row).await? {
            continue;
        }
        let (old_user_id, old_phone) = match serde_json::from_str(&row.content).map_err(Error::internal)? {
            Content::UserIdUpdate { previous, wa_id, .. } => (previous, wa_id),
            Content::Message(message) if matches!(message.body, Body::System { .. }) => {
                (message.from.user_id, message.from.wa_id)
            }
            _ => continue,
        };
        let old_user_id = old_user_id.filter(|old| old != user_id);
        if old_user_id.is_some() || old_phone.is_some() {
            return Ok(Some(Step { old_user_id, old_phone, user_id: user_id.to_owned(), at: row.sent_at }));
        }
    }
    Ok(None)
}

/// Whether an element came to a number of this portfolio.
async fn is_in(tx: &Tx<'_>, portfolio: &str, element: &entity::inbound_element::Model) -> Result<bool> {
    let Some(widget) = element.widget_id else { return Ok(false) };
    let query = tx.find::<entity::widget::Entity>().filter(entity::widget::Column::Id.eq(widget));
    let widget = query.one(tx.db()).await?;
    Ok(widget.is_some_and(|widget| widget.portfolio_id.as_deref().unwrap_or_default() == portfolio))
}

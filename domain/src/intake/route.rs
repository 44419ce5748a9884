//! Which widgets and which lane an element belongs to, and what is settled without one.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, QueryFilter};
use whatsapp::{Body, Content, Element};

use super::{account, clock_time};
use crate::error::{Error, Result};
use crate::id::ElementId;
use crate::scope::everywhere;
use crate::tx::SystemTx;

/// Looks up each number once per transaction.
#[derive(Default)]
pub(super) struct Router {
    seen: HashMap<String, Option<entity::widget::Model>>,
}

/// Whom an element concerns.
struct Concerned {
    /// The widgets of the app that signed.
    widgets: Vec<entity::widget::Model>,
    /// What is said of it when there are none.
    nobody: &'static str,
}

impl Router {
    /// Fills a row with where its element goes, or with its outcome if that is clear already. Gives back the
    /// rows of the other widgets that it concerns.
    pub(super) async fn fill(
        &mut self,
        tx: &SystemTx<'_>,
        row: &mut entity::inbound_element::Model,
        element: &Element,
    ) -> Result<Vec<entity::inbound_element::Model>> {
        row.field.clone_from(&element.field);
        let mut concerned = self.concerned(tx, &row.app, element).await?;
        let others = concerned.widgets.split_off(concerned.widgets.len().min(1));
        let ours = concerned.widgets.pop();
        row.workspace_id = ours.as_ref().map(|widget| widget.workspace_id);
        row.widget_id = ours.as_ref().map(|widget| widget.id);
        let content = match &element.content {
            Ok(content) => content,
            Err(fault) => {
                settle(row, "QUARANTINED", &format!("MALFORMED: {fault}"));
                return Ok(Vec::new());
            }
        };
        content.kind().clone_into(&mut row.kind);
        row.content = serde_json::to_string(content).map_err(Error::internal)?;
        row.sent_at = clock_time(content.timestamp(), row.arrived_at);
        let person = match goes(content, row) {
            Goes::ToPerson(person) => Some(person),
            Goes::ToWidget => None,
            Goes::Nowhere(reason) => {
                settle(row, "IGNORED", reason);
                return Ok(Vec::new());
            }
        };
        let Some(widget) = ours else {
            settle(row, "UNROUTABLE", concerned.nobody);
            return Ok(Vec::new());
        };
        let person = person.flatten();
        row.lane_key = Some(lane_key(&widget, person));
        Ok(others.iter().map(|widget| copy(row, widget, person)).collect())
    }

    /// A number names one widget; an account names those of all its numbers.
    async fn concerned(&mut self, tx: &SystemTx<'_>, app: &str, element: &Element) -> Result<Concerned> {
        let (all, unknown) = match (&element.phone_number_id, &element.content) {
            (Some(number), _) => (Vec::from_iter(self.widget(tx, number).await?), "UNKNOWN_NUMBER"),
            (None, Ok(Content::Account(update))) => (
                account::numbers(tx, &element.waba_id, update.phone_number.as_deref()).await?,
                "UNKNOWN_ACCOUNT",
            ),
            (None, Ok(Content::News(_))) => {
                let number = element.display_phone_number.as_deref();
                (account::concerned(tx, &element.waba_id, number).await?, "UNKNOWN_ACCOUNT")
            }
            (None, Ok(Content::UserIdUpdate { .. } | Content::Preference(_))) => {
                (account::one_each(tx, &element.waba_id).await?, "UNKNOWN_ACCOUNT")
            }
            (None, _) => (Vec::new(), "UNKNOWN_NUMBER"),
        };
        let linked = !all.is_empty();
        let widgets: Vec<_> =
            all.into_iter().filter(|widget| widget.meta_app.as_deref() == Some(app)).collect();
        Ok(Concerned { nobody: if linked { "WRONG_APP" } else { unknown }, widgets })
    }

    async fn widget(&mut self, tx: &SystemTx<'_>, number: &str) -> Result<Option<entity::widget::Model>> {
        if let Some(seen) = self.seen.get(number) {
            return Ok(seen.clone());
        }
        let found = everywhere::<entity::widget::Entity>()
            .filter(entity::widget::Column::PhoneNumberId.eq(number))
            .filter(entity::widget::Column::ArchivedAt.is_null())
            .one(tx.db())
            .await?;
        self.seen.insert(number.to_owned(), found.clone());
        Ok(found)
    }
}

/// Where an element goes once its widget is known.
enum Goes<'a> {
    /// Behind the other elements of this person, whom it may not name.
    ToPerson(Option<&'a str>),
    /// Behind what concerns the widget as a whole.
    ToWidget,
    /// Nowhere: it is kept in the ledger and means nothing here.
    Nowhere(&'static str),
}

fn goes<'a>(content: &'a Content, row: &mut entity::inbound_element::Model) -> Goes<'a> {
    match content {
        Content::Message(message) if message.group_id.is_some() => Goes::Nowhere("GROUP"),
        Content::Status(status) if status.to_group => Goes::Nowhere("GROUP"),
        Content::Message(message) => {
            if let Body::System { .. } | Body::RequestWelcome | Body::CallPermission { .. } = &message.body {
                "notice".clone_into(&mut row.kind);
            }
            row.target_id = match &message.body {
                // Each of a workspace's numbers may hear of it, and by another field too.
                Body::System { new_user_id: Some(id), .. } => Some(id.clone()),
                Body::System { .. } | Body::RequestWelcome | Body::CallPermission { .. } => {
                    Some(message.id.clone())
                }
                // A change waits, if it must, for the message that it names.
                other => other.target().map(str::to_owned),
            };
            Goes::ToPerson(message.from.key())
        }
        Content::Echo(echo) => {
            row.target_id = echo.body.target().map(str::to_owned);
            Goes::ToPerson(echo.to.key())
        }
        Content::Status(status) => {
            row.target_id = Some(status.id.clone());
            Goes::ToPerson(status.recipient.key())
        }
        Content::UserIdUpdate { previous, current, wa_id, .. } => {
            row.target_id.clone_from(current);
            Goes::ToPerson(previous.as_deref().or(wa_id.as_deref()))
        }
        Content::Call(call) => {
            "notice".clone_into(&mut row.kind);
            row.target_id = call.id.as_ref().map(|id| {
                // Each step of a call is told once.
                format!("{id}:{}", call.event.as_deref().unwrap_or_default())
            });
            Goes::ToPerson(call.customer.key())
        }
        Content::Preference(preference) => Goes::ToPerson(preference.customer.key()),
        Content::StateSync { party, .. } => Goes::ToPerson(party.key()),
        Content::Account(_) | Content::News(_) | Content::Errors { .. } => Goes::ToWidget,
        Content::History(_) => Goes::Nowhere("HISTORY"),
        Content::Other => Goes::Nowhere("NOT_HANDLED"),
    }
}

/// The row of the same element for another widget.
fn copy(
    row: &entity::inbound_element::Model,
    widget: &entity::widget::Model,
    person: Option<&str>,
) -> entity::inbound_element::Model {
    entity::inbound_element::Model {
        id: ElementId::new().0,
        workspace_id: Some(widget.workspace_id),
        widget_id: Some(widget.id),
        lane_key: Some(lane_key(widget, person)),
        ..row.clone()
    }
}

fn settle(row: &mut entity::inbound_element::Model, outcome: &str, reason: &str) {
    row.outcome = Some(outcome.to_owned());
    row.reason = Some(reason.to_owned());
    row.settled_at = Some(row.arrived_at);
}

/// The lane of a person on a widget. No real name of Meta's is longer; an odd one must not break the index.
fn lane_key(widget: &entity::widget::Model, person: Option<&str>) -> String {
    let person: String = person.unwrap_or("-").chars().take(140).collect();
    format!("{}:{person}", widget.id)
}

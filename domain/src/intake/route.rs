//! Which widget and which lane an element belongs to, and what is settled without one.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, QueryFilter};
use whatsapp::{Body, Content, Element};

use super::clock_time;
use crate::error::{Error, Result};
use crate::scope::everywhere;
use crate::tx::SystemTx;

/// Looks up each number once per transaction.
#[derive(Default)]
pub(super) struct Router {
    seen: HashMap<String, Option<entity::widget::Model>>,
}

impl Router {
    /// Fills a row with where its element goes, or with its outcome if that is clear already.
    pub(super) async fn fill(
        &mut self,
        tx: &SystemTx<'_>,
        row: &mut entity::inbound_element::Model,
        element: &Element,
    ) -> Result<()> {
        row.field.clone_from(&element.field);
        let widget = match &element.phone_number_id {
            Some(number) => self.widget(tx, number).await?,
            None => None,
        };
        let ours = widget.as_ref().filter(|widget| widget.meta_app.as_deref() == Some(&row.app));
        row.workspace_id = ours.map(|widget| widget.workspace_id);
        row.widget_id = ours.map(|widget| widget.id);
        let content = match &element.content {
            Ok(content) => content,
            Err(fault) => {
                settle(row, "QUARANTINED", &format!("MALFORMED: {fault}"));
                return Ok(());
            }
        };
        content.kind().clone_into(&mut row.kind);
        row.content = serde_json::to_string(content).map_err(Error::internal)?;
        row.sent_at = clock_time(content.timestamp(), row.arrived_at);
        match content {
            Content::Message(message) if message.group_id.is_some() => settle(row, "IGNORED", "GROUP"),
            Content::Message(message) => {
                self.to_lane(row, element, ours, message.from.key(), Some(&message.body))
            }
            Content::Echo(echo) => self.to_lane(row, element, ours, echo.to.key(), Some(&echo.body)),
            Content::Status(status) => {
                row.target_id = Some(status.id.clone());
                self.to_lane(row, element, ours, status.recipient.key(), None);
            }
            Content::History => settle(row, "IGNORED", "HISTORY"),
            Content::StateSync { .. }
            | Content::Account { .. }
            | Content::UserIdUpdate { .. }
            | Content::Call
            | Content::Errors { .. }
            | Content::Other => settle(row, "IGNORED", "NOT_HANDLED"),
        }
        Ok(())
    }

    fn to_lane(
        &self,
        row: &mut entity::inbound_element::Model,
        element: &Element,
        widget: Option<&entity::widget::Model>,
        person: Option<&str>,
        body: Option<&Body>,
    ) {
        let known = element
            .phone_number_id
            .as_ref()
            .is_some_and(|number| self.seen.get(number).is_some_and(Option::is_some));
        match (widget, body) {
            (None, _) if known => settle(row, "UNROUTABLE", "WRONG_APP"),
            (None, _) => settle(row, "UNROUTABLE", "UNKNOWN_NUMBER"),
            (Some(_), Some(Body::System { .. } | Body::RequestWelcome | Body::CallPermission { .. })) => {
                settle(row, "IGNORED", "NOTICE_NOT_HANDLED");
            }
            (Some(widget), body) => {
                // A change waits, if it must, for the message that it names.
                row.target_id = body.and_then(Body::target).map(str::to_owned).or(row.target_id.take());
                row.lane_key = Some(lane_key(widget, person));
            }
        }
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

//! Which widget and which lane an element belongs to, and what is settled without one.

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
    /// Whether the number or account of the element at hand is linked at all, perhaps through another app.
    linked: bool,
}

impl Router {
    /// Fills a row with where its element goes, or with its outcome if that is clear already. Gives back the
    /// rows of the other workspaces that it concerns.
    pub(super) async fn fill(
        &mut self,
        tx: &SystemTx<'_>,
        row: &mut entity::inbound_element::Model,
        element: &Element,
    ) -> Result<Vec<entity::inbound_element::Model>> {
        row.field.clone_from(&element.field);
        let mut others = Vec::new();
        let ours = match &element.phone_number_id {
            Some(number) => {
                let widget = self.widget(tx, number).await?;
                self.linked = widget.is_some();
                widget.filter(|widget| widget.meta_app.as_deref() == Some(&row.app))
            }
            None if matches!(element.content, Ok(Content::UserIdUpdate { .. })) => {
                let mut widgets = account::widgets(tx, &element.waba_id).await?;
                self.linked = !widgets.is_empty();
                widgets.retain(|widget| widget.meta_app.as_deref() == Some(&row.app));
                others = widgets.split_off(widgets.len().min(1));
                widgets.pop()
            }
            None => {
                self.linked = false;
                None
            }
        };
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
        let ours = ours.as_ref();
        match content {
            Content::Message(message) if message.group_id.is_some() => settle(row, "IGNORED", "GROUP"),
            Content::Message(message) => {
                if let Body::System { new_user_id, .. } = &message.body {
                    "notice".clone_into(&mut row.kind);
                    row.target_id = new_user_id.clone().or_else(|| Some(message.id.clone()));
                }
                self.to_lane(row, element, ours, message.from.key(), Some(&message.body))
            }
            Content::Echo(echo) => self.to_lane(row, element, ours, echo.to.key(), Some(&echo.body)),
            Content::Status(status) => {
                row.target_id = Some(status.id.clone());
                self.to_lane(row, element, ours, status.recipient.key(), None);
            }
            Content::UserIdUpdate { previous, current, wa_id, .. } => {
                row.target_id.clone_from(current);
                let was = previous.as_deref().or(wa_id.as_deref());
                self.to_lane(row, element, ours, was, None);
                return Ok(others.iter().map(|widget| copy(row, widget, was)).collect());
            }
            Content::StateSync { party, .. } => self.to_lane(row, element, ours, party.key(), None),
            Content::History => settle(row, "IGNORED", "HISTORY"),
            Content::Account { .. } | Content::Call | Content::Errors { .. } | Content::Other => {
                settle(row, "IGNORED", "NOT_HANDLED");
            }
        }
        Ok(Vec::new())
    }

    fn to_lane(
        &self,
        row: &mut entity::inbound_element::Model,
        element: &Element,
        widget: Option<&entity::widget::Model>,
        person: Option<&str>,
        body: Option<&Body>,
    ) {
        match (widget, body) {
            (None, _) if self.linked => settle(row, "UNROUTABLE", "WRONG_APP"),
            (None, _) if matches!(element.content, Ok(Content::UserIdUpdate { .. })) => {
                settle(row, "UNROUTABLE", "UNKNOWN_ACCOUNT");
            }
            (None, _) => settle(row, "UNROUTABLE", "UNKNOWN_NUMBER"),
            (Some(_), Some(Body::RequestWelcome | Body::CallPermission { .. })) => {
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

/// The row of the same element in another workspace.
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

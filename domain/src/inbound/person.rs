//! What a customer does beside writing: opens the chat, allows calls, calls, chooses about marketing. Recorded; it
//! makes no contact, opens no session and wakes nobody.

use whatsapp::{Body, Call, Party, Preference};

use super::notice::was_told;
use super::{Outcome, widget_of};
use crate::contact::{self, Person};
use crate::error::Result;
use crate::event::{ContactNotice, Event};
use crate::id::WidgetId;
use crate::tx::Tx;

pub(super) async fn message(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    message: &whatsapp::Message,
) -> Result<Outcome> {
    let (notice, detail) = match &message.body {
        Body::RequestWelcome => (ContactNotice::WelcomeRequested, None),
        Body::CallPermission { response } => (ContactNotice::CallPermission, response.as_deref()),
        _ => return Ok(Outcome::Ignored("NOT_HANDLED")),
    };
    record(tx, element, &message.from, notice, detail).await
}

pub(super) async fn call(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    call: &Call,
) -> Result<Outcome> {
    let step = call.status.as_deref().or(call.event.as_deref());
    record(tx, element, &call.customer, ContactNotice::Call, step).await
}

pub(super) async fn preference(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    preference: &Preference,
) -> Result<Outcome> {
    let chosen = preference.value.as_deref();
    record(tx, element, &preference.customer, ContactNotice::MarketingPreference, chosen).await
}

async fn record(
    tx: &mut Tx<'_>,
    element: &entity::inbound_element::Model,
    party: &Party,
    notice: ContactNotice,
    detail: Option<&str>,
) -> Result<Outcome> {
    let (_, widget) = widget_of(tx, element).await?;
    if was_told(tx, element).await? {
        return Ok(Outcome::Ignored("DUPLICATE"));
    }
    let person =
        Person { user_id: party.user_id.as_deref(), phone: party.wa_id.as_deref(), ..Person::default() };
    let portfolio = widget.portfolio_id.as_deref().unwrap_or_default();
    let contact = match person.is_somebody() {
        true => contact::find(tx, portfolio, &person).await?,
        false => None,
    };
    tx.announce(Event::ContactNoticed {
        widget: WidgetId(widget.id),
        contact,
        notice,
        detail: detail.map(|text| text.chars().take(100).collect()),
    });
    Ok(Outcome::Applied)
}

//! What must be true when a fault is over.

use domain::delivery::State;
use domain::event::Event;
use domain::health;
use domain::id::MessageId;
use sea_orm::{ConnectionTrait, Statement};
use tests::Hub;

use super::kinds::Kind;
use super::{Pair, Phase};

pub async fn everything(hub: &Hub, kind: &Kind, phase: Phase, pair: &Pair) {
    let what = format!("{} at {phase:?}", kind.name);
    only_steps_of_the_table(hub, &what).await;
    nothing_is_stuck(hub, &what).await;
    nothing_arrived_twice_or_against_its_state(hub, kind, phase, pair, &what).await;
    the_member_s_message_ended_as_it_may(hub, kind, phase, pair, &what).await;
    the_customer_was_not_left_alone(hub, pair, &what).await;
}

/// Written down again from the product's page, not taken from the code.
fn allowed(from: State, to: State) -> bool {
    use State::{Cancelled, Delivered, Failed, Queued, Read, Sending, Sent, Unknown};
    matches!(
        (from, to),
        (Queued, Sending | Cancelled | Failed)
            | (Sending, Sent | Queued | Failed | Unknown)
            | (Unknown, Sent | Delivered | Read | Failed)
            | (Sent, Delivered | Read | Failed)
            | (Delivered, Read)
            | (Failed, Delivered | Read)
    )
}

async fn only_steps_of_the_table(hub: &Hub, what: &str) {
    let mut seen = std::collections::BTreeMap::new();
    for event in hub.events().await {
        let Event::DeliveryChanged { delivery, from, to, .. } = event else { continue };
        let was = seen.insert(delivery, to).unwrap_or(State::Queued);
        assert_eq!(was, from, "{what}: an event was left out");
        assert!(allowed(from, to), "{what}: {from:?} to {to:?}");
    }
}

async fn nothing_is_stuck(hub: &Hub, what: &str) {
    let db = hub.env.database.reader();
    let count = async |sql: &str| {
        let row =
            db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get::<i64>("", "n").unwrap()
    };
    for (left, sql) in [
        ("deliveries", "SELECT COUNT(*) AS n FROM delivery WHERE state IN ('QUEUED', 'SENDING')"),
        ("turns", "SELECT COUNT(*) AS n FROM turn WHERE ended_at IS NULL"),
        ("lanes", "SELECT COUNT(*) AS n FROM lane WHERE state <> 'IDLE'"),
        ("blocked gates", "SELECT COUNT(*) AS n FROM send_gate WHERE reason IS NOT NULL"),
        (
            "parked elements",
            "SELECT COUNT(*) AS n FROM inbound_element WHERE outcome IS NULL OR outcome = 'PARKED'",
        ),
    ] {
        if count(sql).await > 0 {
            let scope = hub.scope();
            let deliveries = scope.find::<entity::delivery::Entity>().all(scope.reader()).await.unwrap();
            #[expect(clippy::disallowed_methods, reason = "gates and lanes belong to no workspace")]
            let (gates, lanes) = (
                <entity::send_gate::Entity as sea_orm::EntityTrait>::find().all(db).await.unwrap(),
                <entity::lane::Entity as sea_orm::EntityTrait>::find().all(db).await.unwrap(),
            );
            panic!("{what}: {left} are left over\n{deliveries:#?}\n{gates:#?}\n{lanes:#?}");
        }
    }
    let health = health::of(&hub.scope(), &[hub.widget]).await.unwrap();
    assert_eq!(health::State::read(&health[&hub.widget].row).unwrap(), health::State::Connected, "{what}");
}

/// Whether Meta may refuse what it took.
fn takes_back(kind: &Kind, phase: Phase) -> bool {
    kind.takes_back || (phase == Phase::Sent && kind.fault.is_some())
}

async fn nothing_arrived_twice_or_against_its_state(
    hub: &Hub,
    kind: &Kind,
    phase: Phase,
    pair: &Pair,
    what: &str,
) {
    let sends = hub.simulator.sends();
    for delivery in [hub.deliveries(pair.bot).await, hub.deliveries(pair.member).await].concat() {
        let ours = format!("{}:", MessageId(delivery.message_id));
        let arrived = sends
            .iter()
            .filter(|sent| {
                sent.arrived()
                    && sent.reference.as_ref().is_some_and(|reference| reference.starts_with(&ours))
            })
            .count();
        let state = State::read(&delivery).unwrap();
        match state {
            State::Sent | State::Delivered | State::Read => assert_eq!(arrived, 1, "{what}: {state:?}"),
            State::Failed if takes_back(kind, phase) => assert!(arrived <= 1, "{what}: {state:?}"),
            State::Failed | State::Cancelled => assert_eq!(arrived, 0, "{what}: {state:?}"),
            State::Unknown => assert!(arrived <= 1, "{what}: {state:?}"),
            State::Queued | State::Sending => unreachable!("nothing is left over"),
        }
    }
}

async fn the_member_s_message_ended_as_it_may(hub: &Hub, kind: &Kind, phase: Phase, pair: &Pair, what: &str) {
    let delivery = hub.deliveries(pair.member).await.pop().expect("a delivery");
    let ends: &[&str] = match phase {
        Phase::Sent if kind.fault.is_some() => &["FAILED"],
        // What Meta had taken before the fault began is not touched by it.
        Phase::Sent => &["SENT", "DELIVERED", "READ"],
        Phase::Queued | Phase::Sending | Phase::Again => kind.ends,
    };
    assert!(
        ends.contains(&delivery.state.as_str()),
        "{what}: a member's message ended as {} ({:?})",
        delivery.state,
        delivery.error_text
    );
    if delivery.state == "FAILED" {
        assert!(delivery.error_text.is_some(), "{what}: nobody is told why");
    }
}

/// A send failed or was put off, or the number's health suffered: the test tested something.
pub async fn the_fault_was_met(hub: &Hub, kind: &Kind, phase: Phase, before: usize) {
    let met = hub.events().await.into_iter().skip(before).filter(|event| match event {
        Event::DeliveryChanged { from: State::Sending, to, .. } => *to != State::Sent,
        Event::DeliveryChanged { to: State::Failed, .. } | Event::WidgetHealthChanged { .. } => true,
        _ => false,
    });
    let needed = match phase {
        _ if !kind.shows => 0,
        Phase::Sent if kind.fault.is_some() => 2,
        Phase::Sent => 0,
        Phase::Queued | Phase::Sending => 1,
        // The first one was the throttle that made it wait.
        Phase::Again => 2,
    };
    assert!(met.count() >= needed, "{} at {phase:?} met nothing", kind.name);
}

/// An answer arrived, or a person is responsible.
async fn the_customer_was_not_left_alone(hub: &Hub, pair: &Pair, what: &str) {
    let states = hub.states(pair.bot).await;
    let answered = states.iter().any(|(state, _)| ["SENT", "DELIVERED", "READ"].contains(&state.as_str()));
    let reasons = hub.wait_reasons(pair.bot).await;
    assert!(answered || !reasons.is_empty(), "{what}: {states:?}");
    if !answered && !states.is_empty() {
        let fits = ["DELIVERY_FAILED", "DELIVERY_UNKNOWN", "CHANNEL_UNAVAILABLE"];
        assert!(reasons.iter().all(|reason| fits.contains(&reason.as_str())), "{what}: {reasons:?}");
    }
}

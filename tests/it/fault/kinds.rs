//! The faults, and how a member's message may end under each.

use std::time::Duration;

use simulator::{Delay, Fault, Outage};
use tests::Hub;

use super::Phase;

/// One fault.
pub struct Kind {
    pub name: &'static str,
    /// Switches it on.
    pub on: Box<dyn Fn(&Hub) + Send>,
    /// The ends of a send that it met on its way to Meta.
    pub ends: &'static [&'static str],
    /// Where it can begin.
    pub phases: &'static [Phase],
    /// Whether it takes back what Meta had taken.
    pub takes_back: bool,
    /// The error that it consists of.
    pub fault: Option<Fault>,
    /// Whether sends or the number's health show that it was there.
    pub shows: bool,
}

const ARRIVED: &[&str] = &["SENT", "DELIVERED", "READ"];
const FAILED: &[&str] = &["FAILED"];
/// The request may have gone nowhere, and nobody repeats it.
const UNKNOWN: &[&str] = &["UNKNOWN"];

impl Kind {
    pub fn new(
        name: &'static str,
        on: impl Fn(&Hub) + Send + 'static,
        ends: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            on: Box::new(on),
            ends,
            phases: &Phase::ALL,
            takes_back: false,
            fault: None,
            shows: true,
        }
    }

    /// It disturbs webhooks alone.
    fn unseen(self) -> Self {
        Self { shows: false, ..self }
    }

    pub fn only(self, phases: &'static [Phase]) -> Self {
        Self { phases, ..self }
    }
}

/// Meta answers the next sends with an error.
fn failing(name: &'static str, fault: Fault, ends: &'static [&'static str]) -> Kind {
    let next = fault.clone();
    let kind = Kind::new(name, move |hub| _ = hub.simulator.script().fail_next(2, next.clone()), ends);
    Kind { fault: Some(fault), ..kind }
}

pub fn refusals() -> Vec<Kind> {
    vec![
        failing("transient", Fault::transient(), ARRIVED),
        failing("transient, with a wish", Fault::transient().retry_after(20), ARRIVED),
        failing("pair throttled", Fault::pair_throttled(), ARRIVED),
        failing("window closed", Fault::window_closed(), FAILED),
        failing("undeliverable", Fault::undeliverable(), FAILED),
        failing("not valid", Fault::new(400, 131_009, "Parameter value is not valid"), FAILED),
        failing("a code of tomorrow", Fault::new(400, 199_999, "?"), FAILED),
    ]
}

pub fn stops() -> Vec<Kind> {
    vec![
        failing("throttled", Fault::throttled(), ARRIVED),
        failing("throttled, with a wish", Fault::throttled().retry_after(40), ARRIVED),
        failing("account throttled", Fault::account_throttled(), ARRIVED),
        failing("not registered", Fault::not_registered(), ARRIVED),
        failing("locked", Fault::new(403, 131_031, "Business account has been locked"), ARRIVED),
        Kind::new("expired token", |hub| _ = hub.simulator.script().expire_tokens(true), ARRIVED),
        Kind::new(
            "another password",
            |hub| {
                let changed = Fault::new(401, 190, "Error validating access token").subcode(460);
                hub.simulator.script().refuse_tokens(Some(changed));
            },
            ARRIVED,
        ),
        // Before that, not even the question would come.
        Kind::new("offboarded", |hub| _ = hub.simulator.script().offboard(&hub.number.waba_id), ARRIVED)
            .only(&[Phase::Sending, Phase::Sent, Phase::Again]),
    ]
}

pub fn breaks() -> Vec<Kind> {
    let outage = |name, outage, ends| {
        Kind::new(name, move |hub| _ = hub.simulator.script().outage(Some(outage)), ends)
    };
    vec![
        failing("something went wrong", Fault::unknown(), UNKNOWN),
        failing("something went wrong after all was done", Fault::unknown().after_accept(), ARRIVED),
        Kind::new("dropped after it was taken", |hub| _ = hub.simulator.script().drop_next(2), ARRIVED),
        outage("nobody listens", Outage::Refused, ARRIVED).only(&[Phase::Queued, Phase::Sent, Phase::Again]),
        outage("the line is cut", Outage::Refused, UNKNOWN).only(&[Phase::Sending]),
        outage("hung up", Outage::HangUp, &["UNKNOWN", "SENT", "DELIVERED", "READ"]),
        outage("an empty 503", Outage::Unavailable, &["UNKNOWN", "SENT", "DELIVERED", "READ"]),
    ]
}

pub fn webhooks() -> Vec<Kind> {
    let later = |hub: &Hub| _ = hub.simulator.script().fail_later(2, Fault::undeliverable());
    let harmless = vec![
        Kind::new(
            "doubled",
            |hub| _ = hub.simulator.script().duplicates(1.0, Delay::millis(0, 200)),
            ARRIVED,
        ),
        Kind::new("reordered", |hub| _ = hub.simulator.script().reorder(0.5, Delay::millis(1, 200)), ARRIVED),
        Kind::new(
            "late and bundled",
            |hub| _ = hub.simulator.script().webhook_delay(Delay::millis(50, 300)).batch(5),
            ARRIVED,
        ),
        Kind::new(
            "statuses before the answer",
            |hub| {
                _ = hub
                    .simulator
                    .script()
                    .statuses_before_answer(true)
                    .answer_delay(Duration::from_millis(300));
            },
            ARRIVED,
        ),
        Kind::new("ghosts", |hub| _ = hub.simulator.script().ghost_next(5, Delay::millis(20, 100)), ARRIVED),
        Kind::new("no statuses", |hub| _ = hub.simulator.script().statuses(false), ARRIVED),
        // Before that, not even the question would come.
        Kind::new("unsubscribed", |hub| _ = hub.simulator.script().unsubscribe(&hub.number.waba_id), ARRIVED)
            .only(&[Phase::Sending, Phase::Sent]),
    ];
    let failed = Kind { takes_back: true, ..Kind::new("failed later", later, FAILED) };
    let failed = failed.only(&[Phase::Queued, Phase::Sending, Phase::Again]);
    harmless.into_iter().map(Kind::unseen).chain([failed]).collect()
}

//! The status ladder: what happens to an accepted message on its way to the customer's eyes.
//!
//! Invariant: a message climbs only after the answer to its send, unless the script says otherwise,
//! and its steps are queued in the order of the ladder.

use std::time::Duration;

use crate::{
    customer::Customer,
    fault::{Delay, Fault},
    number::Number,
    payload,
    pending::Pending,
    world::Simulator,
};

/// Which statuses come, and how long after the step before. `None` leaves a step out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Meta has sent it.
    pub sent: Option<Delay>,
    /// The phone has it.
    pub delivered: Option<Delay>,
    /// The customer has seen it.
    pub read: Option<Delay>,
}

impl Default for Ladder {
    fn default() -> Ladder {
        Ladder {
            sent: Some(Delay::millis(5, 20)),
            delivered: Some(Delay::millis(5, 40)),
            read: Some(Delay::millis(10, 80)),
        }
    }
}

impl Ladder {
    /// The steps with their delays.
    fn steps(self) -> impl Iterator<Item = (&'static str, Delay)> {
        [("sent", self.sent), ("delivered", self.delivered), ("read", self.read)]
            .into_iter()
            .filter_map(|(status, delay)| delay.map(|delay| (status, delay)))
    }
}

/// A message that was accepted and now climbs.
pub(crate) struct Climber {
    pub(crate) number: Number,
    pub(crate) customer: Customer,
    pub(crate) wamid: String,
    pub(crate) reference: Option<String>,
    /// Fails asynchronously with this error instead of arriving.
    pub(crate) fails: Option<Fault>,
    /// Kept so that the simulator is not settled while statuses are to come.
    pub(crate) pending: Pending,
}

/// Queues the statuses one by one.
pub(crate) async fn climb(simulator: Simulator, climber: Climber) {
    let (on, ladder) = simulator.settings(|settings| (settings.statuses, settings.ladder));
    if !on {
        return;
    }
    let queue = |status: &str, fault: Option<&Fault>| {
        // The customer may have got a new id in the meantime.
        let customer = simulator.current(&climber.customer);
        let at = simulator.now();
        let status =
            payload::Status { wamid: &climber.wamid, status, reference: climber.reference.as_deref(), fault };
        simulator.queue(
            &climber.number,
            "messages",
            payload::status(&climber.number, &customer, &status, at),
        );
    };
    if let Some(fault) = &climber.fails {
        let delay = ladder.sent.unwrap_or_default();
        pause(simulator.world.dice.delay(delay)).await;
        queue("failed", Some(fault));
        return;
    }
    for (status, delay) in ladder.steps() {
        pause(simulator.world.dice.delay(delay)).await;
        queue(status, None);
    }
    drop(climber.pending);
}

async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_can_be_left_out() {
        let ladder = Ladder { delivered: None, ..Ladder::default() };
        let steps: Vec<_> = ladder.steps().map(|(status, _)| status).collect();
        assert_eq!(steps, ["sent", "read"]);
    }
}

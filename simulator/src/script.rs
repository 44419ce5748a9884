//! Behaviour that a test switches, at any time: the provider's clock, statuses, faults, webhooks.
//!
//! Invariant: a switch acts on what arrives after it; what was decided stays decided.

mod settings;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use settings::Settings;

use crate::{
    clock::Clock,
    fault::{Delay, Fault, Outage},
    ladder::Ladder,
    listener::Wire,
    lock::lock,
    world::Simulator,
};

/// The handle with which a test directs a [`Simulator`]. Calls can be chained.
#[derive(Clone)]
pub struct Script {
    pub(crate) simulator: Simulator,
}

impl Script {
    /// Freezes the provider's clock, or with `None` lets it follow the machine's.
    pub fn set_now(&self, at: Option<DateTime<Utc>>) -> &Self {
        self.clock(at.map_or(Clock::Machine, Clock::Fixed))
    }

    /// Takes the provider's time from a test's own clock.
    pub fn set_clock(&self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> &Self {
        self.clock(Clock::Asked(std::sync::Arc::new(clock)))
    }

    /// The machine's time, moved by this much.
    pub fn clock_offset(&self, by: TimeDelta) -> &Self {
        self.clock(Clock::Offset(by))
    }

    fn clock(&self, clock: Clock) -> &Self {
        *lock(&self.simulator.world.clock) = clock;
        self
    }

    /// Statuses on or off. On by default.
    pub fn statuses(&self, on: bool) -> &Self {
        self.set(|s| s.statuses = on)
    }

    /// Which statuses come, and when.
    pub fn ladder(&self, ladder: Ladder) -> &Self {
        self.set(|s| s.ladder = ladder)
    }

    /// Statuses start at acceptance, while the send may still wait for its answer.
    pub fn statuses_before_answer(&self, on: bool) -> &Self {
        self.set(|s| s.statuses_before_answer = on)
    }

    /// How long a valid send waits for its answer, be it a refusal.
    pub fn answer_delay(&self, delay: impl Into<Delay>) -> &Self {
        let delay = delay.into();
        self.set(|s| s.answer_delay = delay)
    }

    /// The next `n` valid sends fail; calls queue up behind one another.
    pub fn fail_next(&self, n: u32, fault: Fault) -> &Self {
        self.set(|s| s.fail_next.push_back((n, fault)))
    }

    /// Each valid send fails with this probability; rate 0 ends it.
    pub fn fail_rate(&self, rate: f64, fault: Fault) -> &Self {
        self.set(|s| s.fail_rate = (rate > 0.0).then_some((rate, fault)))
    }

    /// The next `n` sends are accepted and the connection is cut before the answer.
    pub fn drop_next(&self, n: u32) -> &Self {
        self.set(|s| s.drop_next = n)
    }

    /// Each send is accepted and cut with this probability.
    pub fn drop_rate(&self, rate: f64) -> &Self {
        self.set(|s| s.drop_rate = rate)
    }

    /// The next `n` sends are accepted and later fail by a status.
    pub fn fail_later(&self, n: u32, fault: Fault) -> &Self {
        self.set(|s| s.fail_later = (n > 0).then_some((n, fault)))
    }

    /// The Graph API is away, or with `None` back.
    pub fn outage(&self, outage: Option<Outage>) -> &Self {
        let wire = match outage {
            None | Some(Outage::Unavailable) => Wire::Up,
            Some(Outage::HangUp) => Wire::HangUp,
            Some(Outage::Refused) => Wire::Refuse,
        };
        self.set(|s| s.unavailable = outage == Some(Outage::Unavailable));
        self.simulator.world.wire.send_if_modified(|now| {
            let changes = *now != Wire::Down && *now != wire;
            if changes {
                *now = wire;
            }
            changes
        });
        self
    }

    /// Whatever is asked waits on the wire and is looked at when this ends: by the switches of then.
    pub fn stall(&self, on: bool) -> &Self {
        self.simulator.world.stall.send_replace(on);
        self
    }

    /// Every token is refused with 190/463.
    pub fn expire_tokens(&self, expired: bool) -> &Self {
        self.refuse_tokens(expired.then(Fault::expired_token))
    }

    /// Every token is refused with this error, or with `None` taken again.
    pub fn refuse_tokens(&self, fault: Option<Fault>) -> &Self {
        self.set(|s| s.token = fault)
    }

    /// A webhook that got its 200 comes again with this probability.
    pub fn duplicates(&self, rate: f64, after: impl Into<Delay>) -> &Self {
        let after = after.into();
        self.set(|s| s.duplicates = (rate, after))
    }

    /// A webhook is held back with this probability, and so overtaken by later ones.
    pub fn reorder(&self, rate: f64, by: impl Into<Delay>) -> &Self {
        let by = by.into();
        self.set(|s| s.reorder = (rate, by))
    }

    /// How long each webhook waits before it is posted; the order is kept.
    pub fn webhook_delay(&self, delay: impl Into<Delay>) -> &Self {
        let delay = delay.into();
        self.set(|s| s.webhook_delay = delay)
    }

    /// Up to `most` elements in one body; 1 turns batching off.
    pub fn batch(&self, most: usize) -> &Self {
        self.set(|s| s.batch = most.clamp(1, 1000))
    }

    /// A customer's message comes as the unreadable placeholder (131060) with this probability; the
    /// real one follows.
    pub fn ghosts(&self, rate: f64, gap: impl Into<Delay>) -> &Self {
        let gap = gap.into();
        self.set(|s| s.ghosts = (rate, gap))
    }

    /// The next `n` customer messages come as placeholders first.
    pub fn ghost_next(&self, n: u32, gap: impl Into<Delay>) -> &Self {
        let gap = gap.into();
        self.set(|s| {
            s.ghost_next = n;
            s.ghosts.1 = gap;
        })
    }

    /// Enforces the 24-hour window by the provider's clock. Off by default.
    pub fn enforce_window(&self, on: bool) -> &Self {
        self.set(|s| s.window = on)
    }

    /// Enforces this many messages per second and number, in and out together, by the provider's
    /// clock. Off by default.
    pub fn throughput(&self, per_second: Option<u32>) -> &Self {
        self.set(|s| s.throughput = per_second)
    }

    /// Enforces one message per `every` to one customer after a burst, by the provider's clock. Off
    /// by default.
    pub fn pair_limit(&self, limit: Option<(Duration, u32)>) -> &Self {
        self.set(|s| s.pair = limit)
    }

    /// Whether numbers are shown as being on a phone too. They are by default.
    pub fn on_business_app(&self, on: bool) -> &Self {
        self.set(|s| s.on_business_app = on)
    }

    /// The status that numbers are shown with, such as `DISCONNECTED` or `BANNED`. `CONNECTED` by default.
    pub fn number_status(&self, status: &str) -> &Self {
        self.set(|s| status.clone_into(&mut s.number_status))
    }

    /// Somebody ends the app's subscription to the webhooks of an account, or of a number's account.
    pub fn unsubscribe(&self, id: &str) -> &Self {
        let mut accounts = lock(&self.simulator.world.accounts);
        if let Some(waba) = accounts.waba(id) {
            accounts.unsubscribed.insert(waba);
        }
        drop(accounts);
        self
    }

    /// The account of this number (or this account) leaves the Cloud API: ACCOUNT_OFFBOARDED is
    /// queued, sends are refused, and what is written meanwhile is told to nobody.
    pub fn offboard(&self, id: &str) -> &Self {
        self.simulator.board(id, true);
        self
    }

    /// The account comes back: ACCOUNT_RECONNECTED.
    pub fn reconnect(&self, id: &str) -> &Self {
        self.simulator.board(id, false);
        self
    }

    /// All faults off, all delays none, the outage over; the clock, the ladder and offboarded
    /// accounts stay as they are.
    pub fn calm(&self) -> &Self {
        self.outage(None).stall(false);
        self.set(|s| *s = Settings { statuses: s.statuses, ladder: s.ladder, ..Settings::default() })
    }

    fn set(&self, change: impl FnOnce(&mut Settings)) -> &Self {
        change(&mut lock(&self.simulator.world.settings));
        self
    }
}

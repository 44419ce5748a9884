//! Every fault of the simulator's, each for a while, and the process killed. Two are left to the fault
//! matrix, since the hub cannot know then what the phones hold: an unsubscribed app loses webhooks, and without
//! statuses nothing tells of a send whose answer was lost.

use std::time::Duration;

use rand::Rng;
use serde_json::json;
use simulator::{Delay, Fault, Outage};

use super::{World, start};

impl World {
    /// Something goes wrong, or is well again.
    pub(super) async fn trouble(&mut self) {
        let script = self.hub.simulator.script();
        match self.one_of(34) {
            0 => _ = script.duplicates(0.5, Delay::millis(0, 800)),
            1 => _ = script.reorder(0.3, Delay::millis(1, 500)),
            2 => _ = script.webhook_delay(Delay::millis(0, 400)),
            3 => _ = script.batch(12),
            4 => _ = script.ghosts(0.3, Delay::millis(10, 400)),
            5 => _ = script.answer_delay(Delay::millis(0, 400)),
            6 => _ = script.statuses_before_answer(true),
            7 => _ = script.drop_rate(0.3),
            8 => _ = script.fail_rate(0.3, Fault::throttled().retry_after(1)),
            9 => _ = script.fail_rate(0.2, Fault::transient().retry_after(1)),
            10 => _ = script.fail_next(1, Fault::pair_throttled()),
            11 => _ = script.fail_next(1, Fault::account_throttled().retry_after(2)),
            12 => _ = script.fail_next(2, Fault::undeliverable()),
            13 => _ = script.fail_next(2, Fault::unknown().after_accept()).fail_next(1, Fault::unknown()),
            14 => _ = script.fail_next(1, Fault::not_registered()),
            15 => _ = script.throughput(Some(20)).pair_limit(Some((Duration::from_secs(6), 45))),
            16 => self.for_a_moment(|world| _ = world.hub.simulator.script().expire_tokens(true)).await,
            17 => self.out(Outage::Refused).await,
            18 => self.out(Outage::HangUp).await,
            19 => self.out(Outage::Unavailable).await,
            20 => self.away().await,
            21 => _ = script.fail_next(1, Fault::window_closed()),
            22 => _ = script.fail_next(1, Fault::new(403, 131_031, "Business account has been locked")),
            23 => _ = script.fail_later(2, Fault::undeliverable()),
            24 => _ = script.fail_later(1, Fault::throttled()),
            25 => {
                self.for_a_moment(|world| _ = world.hub.simulator.script().number_status("DISCONNECTED"))
                    .await
            }
            26 => self.for_a_moment(|world| _ = world.hub.simulator.script().stall(true)).await,
            27 => self.takes_another_name().await,
            28 => {
                let changed = Fault::new(401, 190, "Error validating access token").subcode(460);
                self.for_a_moment(|world| _ = world.hub.simulator.script().refuse_tokens(Some(changed)))
                    .await;
            }
            29 => _ = script.enforce_window(true),
            30 | 31 => self.mend().await,
            _ => _ = script.calm(),
        }
    }

    async fn out(&mut self, outage: Outage) {
        self.for_a_moment(|world| _ = world.hub.simulator.script().outage(Some(outage))).await;
    }

    /// People go on meanwhile.
    async fn for_a_moment(&mut self, begin: impl FnOnce(&Self)) {
        begin(self);
        for _ in 0..self.rng.random_range(3..30) {
            self.act().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let script = self.hub.simulator.script();
        script.outage(None).stall(false).expire_tokens(false).number_status("CONNECTED");
    }

    /// A customer's user id or phone number is another one from now on.
    async fn takes_another_name(&mut self) {
        let (k, n) = self.somebody();
        let (number, customer) = (self.numbers[k].0.phone_number_id.clone(), self.customers[k][n].clone());
        let new: u32 = self.rng.random();
        self.customers[k][n] = match &customer.wa_id {
            Some(_) if self.rng.random_bool(0.5) => {
                self.hub.simulator.change_number(&number, &customer, &format!("1777{new:010}")).await
            }
            _ => self.hub.simulator.change_user_id(&number, &customer, &format!("TW.NEW{new}")).await,
        };
    }

    /// Whoever owns the numbers looks after them.
    pub(super) async fn mend(&self) {
        for (_, widget) in &self.numbers {
            self.do_in_vain("widgetReconnect", json!({"widgetId": widget.to_string()})).await;
        }
    }

    /// An account leaves and comes back: what is written meanwhile reaches no webhook.
    async fn away(&mut self) {
        let k = self.one_of(self.numbers.len());
        let waba = self.numbers[k].0.waba_id.clone();
        self.away.insert(waba.clone());
        self.for_a_moment(|world| _ = world.hub.simulator.script().offboard(&waba)).await;
        self.hub.simulator.script().reconnect(&waba);
        self.away.remove(&waba);
    }

    /// kill -9, and a new process.
    pub(super) async fn kill(&mut self) {
        self.program.kill();
        self.kills += 1;
        if self.rng.random_bool(0.5) {
            self.act().await;
        }
        self.program = start(&self.hub);
    }
}

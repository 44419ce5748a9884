//! The switches' positions, and the dice thrown over them.

use std::{collections::VecDeque, time::Duration};

use crate::{
    dice::Dice,
    fault::{Delay, Fault},
    ladder::Ladder,
};

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) statuses: bool,
    pub(crate) ladder: Ladder,
    pub(crate) statuses_before_answer: bool,
    pub(crate) answer_delay: Delay,
    pub(crate) fail_next: VecDeque<(u32, Fault)>,
    pub(crate) fail_rate: Option<(f64, Fault)>,
    pub(crate) drop_next: u32,
    pub(crate) drop_rate: f64,
    pub(crate) fail_later: Option<(u32, Fault)>,
    pub(crate) unavailable: bool,
    pub(crate) token: Option<Fault>,
    pub(crate) duplicates: (f64, Delay),
    pub(crate) reorder: (f64, Delay),
    pub(crate) webhook_delay: Delay,
    pub(crate) batch: usize,
    pub(crate) ghosts: (f64, Delay),
    pub(crate) ghost_next: u32,
    pub(crate) window: bool,
    pub(crate) throughput: Option<u32>,
    pub(crate) pair: Option<(Duration, u32)>,
    pub(crate) on_business_app: bool,
    pub(crate) number_status: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            statuses: true,
            ladder: Ladder::default(),
            statuses_before_answer: false,
            answer_delay: Delay::NONE,
            fail_next: VecDeque::new(),
            fail_rate: None,
            drop_next: 0,
            drop_rate: 0.0,
            fail_later: None,
            unavailable: false,
            token: None,
            duplicates: (0.0, Delay::NONE),
            reorder: (0.0, Delay::NONE),
            webhook_delay: Delay::NONE,
            batch: 1,
            ghosts: (0.0, Delay::NONE),
            ghost_next: 0,
            window: false,
            throughput: None,
            pair: None,
            on_business_app: true,
            number_status: "CONNECTED".into(),
        }
    }
}

impl Settings {
    /// The scripted error for a valid send.
    pub(crate) fn take_fault(&mut self, dice: &Dice) -> Option<Fault> {
        while let Some((left, fault)) = self.fail_next.front_mut() {
            if *left > 0 {
                *left -= 1;
                return Some(fault.clone());
            }
            self.fail_next.pop_front();
        }
        self.fail_rate.as_ref().filter(|(rate, _)| dice.chance(*rate)).map(|(_, fault)| fault.clone())
    }

    /// Whether an accepted send loses its answer.
    pub(crate) fn take_drop(&mut self, dice: &Dice) -> bool {
        take(&mut self.drop_next) || dice.chance(self.drop_rate)
    }

    /// The error with which an accepted send fails later.
    pub(crate) fn take_later(&mut self) -> Option<Fault> {
        let (left, fault) = self.fail_later.as_mut()?;
        take(left).then(|| fault.clone())
    }

    /// The pause between placeholder and message, when there is a placeholder.
    pub(crate) fn take_ghost(&mut self, dice: &Dice) -> Option<Duration> {
        let ghost = take(&mut self.ghost_next) || dice.chance(self.ghosts.0);
        ghost.then(|| dice.delay(self.ghosts.1))
    }
}

fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripted_faults_come_in_order_and_end() {
        let (mut settings, dice) = (Settings::default(), Dice::new(1));
        settings.fail_next.push_back((0, Fault::unknown()));
        settings.fail_next.push_back((2, Fault::throttled()));
        settings.fail_next.push_back((1, Fault::transient()));
        let codes: Vec<_> = (0..4).map(|_| settings.take_fault(&dice).map(|f| f.code)).collect();
        assert_eq!(codes, [Some(130_429), Some(130_429), Some(131_016), None]);
    }

    #[test]
    fn counted_switches_run_out() {
        let (mut settings, dice) =
            (Settings { drop_next: 1, ghost_next: 1, ..Settings::default() }, Dice::new(1));
        assert!(settings.take_drop(&dice) && !settings.take_drop(&dice));
        assert!(settings.take_ghost(&dice).is_some() && settings.take_ghost(&dice).is_none());
        assert!(settings.take_later().is_none());
    }
}

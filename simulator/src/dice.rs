//! Every random choice and every id, from one seed.
//!
//! Invariant: no message id is handed out twice by one simulator.

use std::{sync::Mutex, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{fault::Delay, lock::lock};

/// Longer delays are cut: a timer cannot be asked to wait for ever.
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

pub(crate) struct Dice {
    state: Mutex<State>,
}

struct State {
    rng: StdRng,
    minted: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice { state: Mutex::new(State { rng: StdRng::seed_from_u64(seed), minted: 0 }) }
    }

    /// True with probability `rate`; not a number counts as never.
    pub(crate) fn chance(&self, rate: f64) -> bool {
        rate > 0.0 && lock(&self.state).rng.random_bool(rate.min(1.0))
    }

    /// A number in `0..n`, 0 when there is none.
    pub(crate) fn below(&self, n: usize) -> usize {
        if n < 2 { 0 } else { lock(&self.state).rng.random_range(0..n) }
    }

    pub(crate) fn delay(&self, delay: Delay) -> Duration {
        let (min, max) = (delay.min.min(MONTH), delay.max.min(MONTH));
        if max <= min { min } else { lock(&self.state).rng.random_range(min..=max) }
    }

    /// Letters and digits.
    pub(crate) fn token(&self, length: usize) -> String {
        let mut state = lock(&self.state);
        (0..length).map(|_| char::from(LETTERS[state.rng.random_range(0..LETTERS.len())])).collect()
    }

    /// Digits, the first of them not zero.
    pub(crate) fn digits(&self, length: usize) -> String {
        let mut state = lock(&self.state);
        (0..length).map(|at| char::from(b'0' + state.rng.random_range(u8::from(at == 0)..10))).collect()
    }

    /// A message id. The counter in it makes it unique, the rest keeps two simulators apart.
    pub(crate) fn wamid(&self) -> String {
        let count = {
            let mut state = lock(&self.state);
            state.minted += 1;
            state.minted
        };
        format!("wamid.HBgL{}{count:08X}AA==", self.token(34))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_a_seed_repeats_them() {
        let (one, two) = (Dice::new(7), Dice::new(7));
        let first = one.wamid();
        assert_ne!(first, one.wamid());
        assert_eq!(first, two.wamid());
        assert!(first.starts_with("wamid."));
        assert_ne!(one.digits(11).as_bytes()[0], b'0');
    }

    #[test]
    fn rates_outside_of_their_range_are_harmless() {
        let dice = Dice::new(1);
        assert!(!dice.chance(f64::NAN) && !dice.chance(-1.0) && dice.chance(9.0));
        let crossed = Delay { min: Duration::from_secs(2), max: Duration::from_secs(1) };
        assert_eq!(dice.delay(crossed), Duration::from_secs(2));
        assert_eq!(dice.delay(Duration::MAX.into()), MONTH);
        assert_eq!(dice.below(0), 0);
    }
}

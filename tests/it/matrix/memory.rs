//! Replays histories on `conversation::apply`, with what its callers keep beside the facts: numbers,
//! the session's end, the wait, what the bot covered.

use domain::conversation::apply::{self, Change, Event as Input, SessionStep, WaitStep, apply};
use domain::conversation::facts::{self, Facts, Mark};
use domain::conversation::{CloseReason, WaitReason};

use super::names::{millis, reason, status, time, wait};
use super::subject::{Closed, Event, Handler, Ms, Observation, Step, Subject, Verdict};
use super::table::Status;

const DAY: Ms = 24 * 60 * 60 * 1000;

/// A stored human message of the open session.
#[derive(Debug, Clone, Copy)]
struct Human {
    mark: Mark,
    failed: bool,
}

/// One conversation in memory.
#[derive(Debug)]
pub struct Memory {
    facts: Facts,
    number: i64,
    expires: Option<Ms>,
    /// The human messages since the session opened.
    humans: Vec<Human>,
    /// The numbers of all agents' messages.
    agents: Vec<i64>,
    /// The number from which a human message is a reply in the wait.
    wait_from: Option<i64>,
    covered: i64,
    seen: Observation,
}

impl Memory {
    pub fn new() -> Self {
        let seen = Observation {
            verdict: Verdict::Same,
            status: Status::Closed,
            handler: None,
            epoch_rose: false,
            session_opened: false,
            session_closed: None,
            wait_started: None,
            wait_ended: false,
            bot_turn: false,
        };
        Self {
            facts: Facts::new(true),
            number: 0,
            expires: None,
            humans: Vec::new(),
            agents: Vec::new(),
            wait_from: None,
            covered: 0,
            seen,
        }
    }

    fn replay(&mut self, step: Step) -> Observation {
        let nothing = Self::new().seen;
        self.seen = nothing;
        let until = self.facts.snoozed_until.map(millis).filter(|until| *until <= step.at);
        let expires = self.expires.filter(|expires| *expires <= step.at);
        if step.event != Event::Due
            && until.is_some_and(|until| expires.is_none_or(|expires| until < expires))
        {
            self.put(&Input::SnoozeDue, step.at);
        }
        if step.event != Event::Expiry && expires.is_some() {
            self.put(&Input::Expire, step.at);
        }
        self.seen.verdict = self.stimulate(step);
        self.seen.status = status(&self.facts);
        self.seen.handler = self.facts.open.then_some(match self.facts.handler {
            facts::Handler::Bot => Handler::Bot,
            facts::Handler::Human => Handler::Human,
        });
        self.seen
    }

    fn stimulate(&mut self, step: Step) -> Verdict {
        let (number, now) = (self.number + 1, time(step.at));
        let input = match step.event {
            Event::Customer { clock } => Input::Customer { number, at: time(clock), readable: true },
            Event::Agent => Input::Agent { number, at: now },
            Event::Phone { clock, takes_over } => Input::Phone { number, at: time(clock), takes_over },
            Event::Answers => Input::BotAnswers,
            Event::HandsOver { requested, enabled: allowed } => {
                let reason = if requested { WaitReason::Requested } else { WaitReason::Unsure };
                Input::BotHandsOver { reason, allowed }
            }
            Event::CannotAnswer { why } => Input::BotCannotAnswer { reason: reason(why) },
            Event::Join => Input::Join,
            Event::HandBack => Input::HandBack { at: now },
            Event::Snooze { until } => Input::Snooze { until: time(until) },
            Event::Unsnooze => Input::Unsnooze,
            Event::Due => Input::SnoozeDue,
            Event::Close => Input::Close { reason: CloseReason::Agent },
            Event::Expiry => Input::Expire,
            Event::Fails { nth } => self.recount(nth, true),
            Event::Arrives { nth } => self.recount(nth, false),
            Event::BotSwitched { on } => {
                self.facts.bot_on = on;
                return Verdict::Same;
            }
            Event::Aside => return Verdict::Same,
            Event::OldCustomer { .. } => {
                self.number = number;
                return Verdict::Same;
            }
        };
        self.put(&input, step.at)
    }

    /// The marks with the failed message left out, or with it again.
    fn recount(&mut self, nth: usize, failed: bool) -> Input {
        let number = self.agents[nth];
        self.humans
            .iter_mut()
            .filter(|human| human.mark.number == number)
            .for_each(|human| human.failed = failed);
        let counting = || self.humans.iter().filter(|human| !human.failed).map(|human| human.mark);
        let human = counting().map(|mark| mark.number).max().zip(counting().map(|mark| mark.at).max());
        let replied = counting().any(|mark| self.wait_from.is_some_and(|from| mark.number >= from));
        Input::Recount { human: human.map(|(number, at)| Mark { number, at }), replied }
    }

    fn put(&mut self, input: &Input, now: Ms) -> Verdict {
        let verdict = apply(&self.facts, input);
        let number = self.number + 1;
        let stored = match (input, &verdict) {
            (Input::Agent { .. }, apply::Verdict::Refused(_))
            | (Input::BotAnswers, apply::Verdict::Discarded) => false,
            _ => matches!(
                input,
                Input::Customer { .. } | Input::Agent { .. } | Input::Phone { .. } | Input::BotAnswers
            ),
        };
        if let apply::Verdict::Changed(change) = &verdict {
            if reads(input) {
                self.covered = self.number;
            }
            // An expired session closed at its deadline, any other now.
            let closed = match input {
                Input::Expire => self.expires.unwrap_or(now),
                _ => now,
            };
            self.follow(change, number, closed);
        }
        match input {
            Input::Customer { at, .. } => self.expires = self.expires.max(Some(millis(*at) + DAY)),
            Input::Agent { at, .. } if stored => {
                self.agents.push(number);
                self.humans.push(Human { mark: Mark { number, at: *at }, failed: false });
            }
            Input::Phone { at, .. } if matches!(verdict, apply::Verdict::Changed(_)) => {
                self.humans.push(Human { mark: Mark { number, at: *at }, failed: false });
            }
            Input::BotAnswers if stored => self.covered = self.number,
            _ => {}
        }
        self.number += i64::from(stored);
        match verdict {
            apply::Verdict::Changed(_) => Verdict::Changed,
            apply::Verdict::Same => Verdict::Same,
            apply::Verdict::Discarded => Verdict::Discarded,
            apply::Verdict::Refused(_) => Verdict::Refused,
        }
    }

    /// Does what the caller does with a change.
    fn follow(&mut self, change: &Change, number: i64, closed: Ms) {
        let customer = change.facts.customer.map_or(0, |mark| mark.number);
        let human = change.facts.human.map_or(0, |mark| mark.number);
        self.facts = change.facts.clone();
        self.seen.epoch_rose |= change.fence;
        // A turn without a message to answer is none.
        self.seen.bot_turn |= change.turn && customer > human.max(self.covered);
        match change.session {
            SessionStep::Keep => {}
            SessionStep::Open => {
                self.seen.session_opened = true;
                (self.expires, self.covered) = (None, 0);
                self.humans.clear();
            }
            SessionStep::Close(why) => {
                self.facts.closed_at = Some(time(closed));
                self.expires = None;
                self.humans.clear();
                self.seen.session_closed = Some(match why {
                    CloseReason::Expired => Closed::Expired,
                    CloseReason::Agent => Closed::Agent,
                    CloseReason::HandoverDisabled => Closed::HandoverDisabled,
                    _ => panic!("no event closes for {why:?}"),
                });
            }
        }
        match change.wait {
            WaitStep::Keep => {}
            WaitStep::Start(why) => {
                self.wait_from = Some(number);
                self.seen.wait_started = Some(wait(why));
            }
            WaitStep::End => {
                self.wait_from = None;
                self.seen.wait_ended = true;
            }
        }
    }
}

/// Whether the bot read what it gives to a person: a turn covers it then.
fn reads(input: &Input) -> bool {
    matches!(input, Input::BotHandsOver { .. } | Input::BotCannotAnswer { reason: WaitReason::Unreadable })
}

impl Subject for Memory {
    async fn act(&mut self, step: Step) -> Observation {
        self.replay(step)
    }
}

//! What a cell has done, as facts in the model's log.

use super::derive::{self, Author, Fact};
use super::model::Model;
use super::subject::{Closed, Event, Handler, Step, Wait};
use super::table::{Do, Row};

impl Model {
    pub(super) fn open(&mut self, step: Step) {
        let Event::Customer { clock } = step.event else { panic!("only a customer opens a session") };
        let at = clock.max(derive::closed_at(&self.log).unwrap_or(clock));
        self.log.push(Fact::Opened { at });
    }

    /// Stores what the event brings.
    pub(super) fn store(&mut self, step: Step, human: bool) {
        let outside = derive::session(&self.log).is_none();
        let mut message = |author, clock, outside| self.log.push(Fact::Message { author, clock, outside });
        match step.event {
            Event::Customer { clock } => message(Author::Customer, clock, false),
            Event::OldCustomer { clock } => message(Author::Customer, clock, true),
            Event::Agent => message(Author::Agent, step.at, false),
            Event::Phone { clock, .. } if human => message(Author::Phone, clock, false),
            Event::Phone { clock, .. } => message(Author::Aside, clock, outside),
            Event::Answers => {
                message(Author::Aside, step.at, false);
                self.log.push(Fact::Answered);
            }
            Event::Fails { nth } => self.log.push(Fact::Failed { number: self.agents()[nth].0 }),
            Event::Arrives { nth } => self.log.push(Fact::Arrived { number: self.agents()[nth].0 }),
            Event::BotSwitched { on } => self.log.push(Fact::Bot { on }),
            _ => {}
        }
    }

    pub(super) fn carry_out(&mut self, act: Do, step: Step, row: Row, begins: Option<usize>) {
        let handler = derive::handler(&self.log);
        match act {
            Do::OpenSession => {}
            Do::Wake => self.log.push(Fact::Woken),
            Do::Elapse => self.log.push(Fact::Elapsed),
            Do::Turn => self.log.push(Fact::TurnWanted),
            Do::TurnIfUnanswered if derive::unanswered(&self.log) => self.log.push(Fact::TurnWanted),
            Do::TurnIfUnanswered => {}
            Do::Snooze => {
                let Event::Snooze { until } = step.event else { panic!("only a snooze snoozes") };
                self.log.push(Fact::Snoozed { until });
            }
            Do::ToBot => {
                self.end_wait();
                if handler != Handler::Bot {
                    let at = derive::bot_since(&self.log).filter(|_| row == Row::Customer);
                    self.log.push(Fact::Handler { handler: Handler::Bot, at: at.unwrap_or(step.at) });
                }
            }
            Do::ToHuman => {
                // The wait comes before the message that began it, which is its first reply.
                let at = begins.unwrap_or(self.log.len());
                self.log.insert(at, Fact::WaitStarted(reason(step.event)));
                if handler != Handler::Human {
                    self.log.insert(at, Fact::Handler { handler: Handler::Human, at: step.at });
                }
            }
            Do::CloseSession => {
                self.end_wait();
                let (at, why) = match row {
                    Row::Expiry => (derive::expires_at(&self.log).unwrap_or(step.at), Closed::Expired),
                    Row::Close => (step.at, Closed::Agent),
                    _ => (step.at, Closed::HandoverDisabled),
                };
                self.log.push(Fact::Closed { at, why });
            }
        }
    }

    fn end_wait(&mut self) {
        let last = self.log.iter().rfind(|fact| matches!(fact, Fact::WaitStarted(_) | Fact::WaitEnded));
        if matches!(last, Some(Fact::WaitStarted(_))) {
            self.log.push(Fact::WaitEnded);
        }
    }
}

/// Why a person became responsible.
fn reason(event: Event) -> Wait {
    match event {
        Event::Customer { .. } => Wait::BotOff,
        Event::Agent => Wait::AgentMessage,
        Event::Phone { .. } => Wait::Takeover,
        Event::HandsOver { requested: true, .. } => Wait::Requested,
        Event::HandsOver { requested: false, .. } => Wait::Unsure,
        Event::CannotAnswer { why } => why,
        _ => Wait::Joined,
    }
}

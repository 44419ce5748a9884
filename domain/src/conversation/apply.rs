//! The matrix of conversation events as one pure function: facts and an event in, new facts and what
//! must follow out. No I/O, no clock.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, Handler, Mark};
use crate::clock::Time;

/// What happened. Messages carry the number that they get in the conversation and their clock time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The customer wrote something that opens or prolongs a session. What cannot be read (yet) wakes no bot.
    Customer { number: i64, at: Time, readable: bool },
    /// A member wrote in the hub.
    Agent { number: i64, at: Time },
    /// Somebody wrote in the phone app. `takes_over` is the widget's setting.
    Phone { number: i64, at: Time, takes_over: bool },
    /// The bot's answer is ready.
    BotAnswers,
    /// The bot wants a person: it is unsure, or the customer asked. `allowed` is the widget's setting.
    BotHandsOver { reason: WaitReason, allowed: bool },
    /// The bot cannot answer, so a person must, whatever the setting.
    BotCannotAnswer { reason: WaitReason },
    /// A member takes the conversation.
    Join,
    /// A member gives it back to the bot.
    HandBack { at: Time },
    /// A member puts it out of sight.
    Snooze { until: Time },
    /// A member brings it back.
    Unsnooze,
    /// The snooze is over.
    SnoozeDue,
    /// A member (or a workflow) closes the session.
    Close { reason: CloseReason },
    /// The session's 24 hours are over.
    Expire,
    /// A human message failed, or a failed one proved to have arrived: these are the marks without
    /// and with it.
    Recount { human: Option<Mark>, replied: bool },
}

/// Why a person became responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitReason {
    /// The bot was not sure enough.
    Unsure,
    /// The customer asked for a person.
    Requested,
    /// A member joined.
    Joined,
    /// A member's message joined.
    AgentMessage,
    /// Somebody wrote in the phone app.
    Takeover,
    /// The bot is off.
    BotOff,
    /// The language model failed after retries.
    ModelDown,
    /// The customer's message has nothing that the bot can read.
    Unreadable,
    /// The bot's message was refused.
    DeliveryFailed,
    /// Nobody knows whether the bot's message arrived.
    DeliveryUnknown,
    /// Nothing can be sent at present.
    ChannelUnavailable,
    /// A workflow says so.
    Workflow,
    /// A workflow cannot go on.
    WorkflowFailed,
}

/// Why a session closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseReason {
    /// 24 hours without a customer message.
    Expired,
    /// A member closed it.
    Agent,
    /// The bot wanted a person, but handing over is off.
    HandoverDisabled,
    /// A workflow closed it.
    Workflow,
    /// The widget was archived.
    WidgetArchived,
    /// The contact was merged.
    Merged,
}

/// What an event does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The facts become these, and this follows.
    Changed(Box<Change>),
    /// Accepted, and nothing changes.
    Same,
    /// Too late: what was prepared is thrown away.
    Discarded,
    /// Not from this state.
    Refused(NotNow),
}

/// Why a command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// The matrix has no such step from here.
    InvalidTransition,
    /// The bot handles it: join first.
    JoinFirst,
    /// The bot is off.
    BotOff,
}

/// New facts and what must follow in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The facts from now on.
    pub facts: Facts,
    /// What happens to the session.
    pub session: SessionStep,
    /// What happens to the wait for a person.
    pub wait: WaitStep,
    /// The human message that did this.
    pub human: Option<Mark>,
    /// The epoch rises: bot answers and queued bot sends from before are void.
    pub fence: bool,
    /// The bot has something to answer.
    pub turn: bool,
}

/// What happens to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStep {
    /// Nothing.
    Keep,
    /// A new one opens.
    Open,
    /// The open one closes.
    Close(CloseReason),
}

/// What happens to the stretch in which a person is responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitStep {
    /// Nothing.
    Keep,
    /// One starts.
    Start(WaitReason),
    /// The open one ends.
    End,
}

/// Decides what `event` does to a conversation with these facts.
#[must_use]
pub fn apply(facts: &Facts, event: &Event) -> Verdict {
    match *event {
        Event::Customer { number, at, readable } => customer_writes(facts, number, at, readable),
        Event::Agent { number, at } => agent_writes(facts, number, at),
        Event::Phone { number, at, takes_over } => phone_writes(facts, number, at, takes_over),
        Event::BotAnswers => match bot_may_act(facts) {
            true => Verdict::Same,
            false => Verdict::Discarded,
        },
        Event::BotHandsOver { reason, allowed: true } | Event::BotCannotAnswer { reason } => {
            to_a_person(facts, reason)
        }
        Event::BotHandsOver { allowed: false, .. } => match bot_may_act(facts) {
            true => close(facts, CloseReason::HandoverDisabled),
            false => Verdict::Discarded,
        },
        Event::Join => match facts.open && facts.handler == Handler::Bot {
            true => to_a_person(facts, WaitReason::Joined),
            false => Verdict::Refused(NotNow::InvalidTransition),
        },
        Event::HandBack { at } => hand_back(facts, at),
        Event::Snooze { until } => snooze(facts, until),
        Event::Unsnooze => unsnooze(facts, false),
        Event::SnoozeDue => unsnooze(facts, true),
        Event::Close { reason } => {
            match facts.open && !(reason == CloseReason::Agent && bot_in_plain_view(facts)) {
                true => close(facts, reason),
                false => Verdict::Refused(NotNow::InvalidTransition),
            }
        }
        Event::Expire => match facts.open {
            true => close(facts, CloseReason::Expired),
            false => Verdict::Same,
        },
        Event::Recount { human, replied } => recount(facts, human, replied),
    }
}

fn bot_may_act(facts: &Facts) -> bool {
    facts.open && facts.handler == Handler::Bot
}

/// The bot has it and nobody put it out of sight: of people's commands only joining and snoozing apply.
fn bot_in_plain_view(facts: &Facts) -> bool {
    bot_may_act(facts) && !is_snoozed(facts) && !facts.snooze_elapsed
}

fn is_snoozed(facts: &Facts) -> bool {
    facts.snoozed_until.is_some()
}

fn customer_writes(facts: &Facts, number: i64, at: Time, readable: bool) -> Verdict {
    let mut change = match facts.open {
        true => customer_writes_again(facts, number, at),
        false => customer_opens(facts, number, at),
    };
    change.turn &= readable;
    change.done()
}

fn customer_opens(facts: &Facts, number: i64, at: Time) -> Change {
    let mut change =
        Change::of(&Facts { open: true, closed_at: facts.closed_at, ..Facts::new(facts.bot_on) });
    change.session = SessionStep::Open;
    change.facts.customer_wrote(number, at);
    change.fence = facts.handler != change.facts.handler;
    match facts.bot_on {
        true => {
            // Sessions never overlap: a late first message does not begin the period in the one before.
            change.facts.bot_since = Some(facts.closed_at.map_or(at, |closed| closed.max(at)));
            change.turn = true;
        }
        false => change.wait = WaitStep::Start(WaitReason::BotOff),
    }
    change
}

fn customer_writes_again(facts: &Facts, number: i64, at: Time) -> Change {
    let mut change = Change::of(facts);
    change.facts.customer_wrote(number, at);
    change.wake_up();
    match (facts.handler, facts.bot_on) {
        (Handler::Human, _) => {}
        (Handler::Bot, true) => change.turn = true,
        (Handler::Bot, false) => change.hand_to_human(WaitReason::BotOff),
    }
    change
}

fn agent_writes(facts: &Facts, number: i64, at: Time) -> Verdict {
    if !facts.open {
        return Verdict::Refused(NotNow::InvalidTransition);
    }
    let mut change = Change::of(facts);
    if facts.handler == Handler::Bot {
        // Out of sight or just back, nobody watches the bot: writing joins. In plain view it must be said.
        if bot_in_plain_view(facts) {
            return Verdict::Refused(NotNow::JoinFirst);
        }
        change.hand_to_human(WaitReason::AgentMessage);
    }
    change.wake_up();
    change.human_writes(number, at);
    change.done()
}

fn phone_writes(facts: &Facts, number: i64, at: Time, takes_over: bool) -> Verdict {
    if !facts.open {
        return Verdict::Same;
    }
    let mut change = Change::of(facts);
    if facts.handler == Handler::Bot {
        // Meta gives whole seconds, so the beginning of the BOT period is compared in them too.
        let stale = facts.bot_since.is_some_and(|since| at.timestamp() < since.timestamp());
        if stale || !takes_over {
            return Verdict::Same;
        }
        change.hand_to_human(WaitReason::Takeover);
    }
    change.wake_up();
    change.human_writes(number, at);
    change.done()
}

fn to_a_person(facts: &Facts, reason: WaitReason) -> Verdict {
    if !bot_may_act(facts) {
        return Verdict::Discarded;
    }
    let mut change = Change::of(facts);
    change.wake_up();
    change.hand_to_human(reason);
    change.done()
}

fn hand_back(facts: &Facts, at: Time) -> Verdict {
    if !facts.open || bot_in_plain_view(facts) {
        return Verdict::Refused(NotNow::InvalidTransition);
    }
    if !facts.bot_on {
        return Verdict::Refused(NotNow::BotOff);
    }
    let mut change = Change::of(facts);
    change.wake_up();
    change.turn = true;
    if facts.handler == Handler::Human {
        change.facts.handler = Handler::Bot;
        change.facts.bot_since = Some(at);
        change.facts.human_replied = false;
        change.wait = WaitStep::End;
        change.fence = true;
    }
    change.done()
}

fn snooze(facts: &Facts, until: Time) -> Verdict {
    if !facts.open || is_snoozed(facts) {
        return Verdict::Refused(NotNow::InvalidTransition);
    }
    let mut change = Change::of(facts);
    change.facts.snoozed_until = Some(until);
    change.facts.snooze_elapsed = false;
    change.done()
}

fn unsnooze(facts: &Facts, by_itself: bool) -> Verdict {
    if !facts.open || !is_snoozed(facts) {
        return match by_itself {
            true => Verdict::Same,
            false => Verdict::Refused(NotNow::InvalidTransition),
        };
    }
    let mut change = Change::of(facts);
    change.facts.snoozed_until = None;
    change.facts.snooze_elapsed = by_itself;
    change.done()
}

fn close(facts: &Facts, reason: CloseReason) -> Verdict {
    let mut change = Change::of(&Facts {
        open: false,
        snoozed_until: None,
        snooze_elapsed: false,
        human_replied: false,
        customer: None,
        human: None,
        bot_since: None,
        ..facts.clone()
    });
    change.session = SessionStep::Close(reason);
    if facts.handler == Handler::Human {
        change.wait = WaitStep::End;
    }
    change.done()
}

fn recount(facts: &Facts, human: Option<Mark>, replied: bool) -> Verdict {
    if !facts.open {
        return Verdict::Same;
    }
    let mut change = Change::of(facts);
    change.facts.human = human;
    change.facts.human_replied = replied && facts.handler == Handler::Human;
    match change.facts == *facts {
        true => Verdict::Same,
        false => change.done(),
    }
}

impl Change {
    fn of(facts: &Facts) -> Self {
        Self {
            facts: facts.clone(),
            session: SessionStep::Keep,
            wait: WaitStep::Keep,
            human: None,
            fence: false,
            turn: false,
        }
    }

    fn human_writes(&mut self, number: i64, at: Time) {
        self.facts.human_wrote(number, at);
        self.human = Some(Mark { number, at });
        self.fence = true;
    }

    fn wake_up(&mut self) {
        self.facts.snoozed_until = None;
        self.facts.snooze_elapsed = false;
    }

    fn hand_to_human(&mut self, reason: WaitReason) {
        self.facts.handler = Handler::Human;
        self.facts.bot_since = None;
        self.facts.human_replied = false;
        self.wait = WaitStep::Start(reason);
        self.fence = true;
    }

    fn done(self) -> Verdict {
        Verdict::Changed(Box::new(self))
    }
}

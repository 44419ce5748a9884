//! What histories are made of, what is compared after each event, and what a replay has to provide.

use super::table::Status;

/// Milliseconds since the beginning of the history; a subject maps 0 to an instant of a whole second.
pub type Ms = i64;

/// One event of a history, at the time `at` of its arrival.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Not before that of the step before; often equal to it, or within the same second.
    pub at: Ms,
    pub event: Event,
}

/// The events. `clock` is the clock time of a message: never after its arrival, mostly a whole second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A customer's message with readable text; `clock` + 24 h is ahead.
    Customer { clock: Ms },
    /// A member sends a message; its clock time is `at`.
    Agent,
    /// New content typed in the phone app, while the widget's phoneMessageTakesOver is as given.
    Phone { clock: Ms, takes_over: bool },
    /// The bot answers all it was asked and the answer commits.
    Answers,
    /// The bot wants a person, because it was asked to or is unsure; humanHandoverEnabled is as given.
    HandsOver { requested: bool, enabled: bool },
    /// The bot cannot answer, for one of the six reasons.
    CannotAnswer { why: Wait },
    /// A member joins.
    Join,
    /// A member hands back to the bot.
    HandBack,
    /// A member snoozes until a time that is ahead, at most 90 days.
    Snooze { until: Ms },
    /// A member ends the snooze.
    Unsnooze,
    /// The timer of snoozes fires; when the conversation is snoozed, its snooze is due at `at`.
    Due,
    /// A member closes.
    Close,
    /// The timer of sessions fires; when a session is open, it is due at `at`.
    Expiry,
    /// The delivery of an agent's message fails: the `nth` one that was accepted, from 0.
    Fails { nth: usize },
    /// Meta reports a failed one as delivered.
    Arrives { nth: usize },
    /// The bot of the widget is switched on or off.
    BotSwitched { on: bool },
    /// A note, pin, read receipt, reaction, edit or revoke; at the replay's choice.
    Aside,
    /// A customer's message that is older than 24 h when it arrives.
    OldCustomer { clock: Ms },
}

/// What became of the event itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Changed,
    Same,
    Discarded,
    Refused,
    /// Not refused; the replay cannot tell more.
    Accepted,
}

/// Why a session closed, as far as this table goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    Expired,
    Agent,
    HandoverDisabled,
}

/// Why a human wait began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    Unsure,
    Requested,
    Joined,
    AgentMessage,
    Takeover,
    BotOff,
    ModelDown,
    Unreadable,
    DeliveryFailed,
    DeliveryUnknown,
    ChannelUnavailable,
}

/// Who handles an open session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    Bot,
    Human,
}

/// What is seen after an event, what was due before it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    pub verdict: Verdict,
    pub status: Status,
    /// None while no session is open.
    pub handler: Option<Handler>,
    /// The conversation's epoch is above the one before the event.
    pub epoch_rose: bool,
    pub session_opened: bool,
    pub session_closed: Option<Closed>,
    pub wait_started: Option<Wait>,
    pub wait_ended: bool,
    /// The event gave the bot something to answer.
    pub bot_turn: bool,
}

/// Something that histories are replayed on: one fresh conversation without a session, bot on.
///
/// `act` brings the clock to `step.at`, applies what is due by then, gives the stimulus of the event,
/// waits until it has settled and says what is to be seen.
pub trait Subject {
    fn act(&mut self, step: Step) -> impl Future<Output = Observation> + Send;
}

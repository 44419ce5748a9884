//! What is stored about a conversation's state, and the one pure function that derives its status.

use crate::clock::Time;

/// Who answers the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Handler {
    /// The widget's workflow.
    Bot,
    /// A person.
    Human,
}

/// The place of a message: its number and its clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The greatest number.
    pub number: i64,
    /// The greatest clock time, which may be another message's.
    pub at: Time,
}

impl Mark {
    fn with(mark: Option<Self>, number: i64, at: Time) -> Self {
        mark.map_or(Self { number, at }, |mark| Self { number: mark.number.max(number), at: mark.at.max(at) })
    }
}

/// The facts that decide the status and what an event does. No identity, no database, no clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whether a session is open.
    pub open: bool,
    /// Who is responsible.
    pub handler: Handler,
    /// Whether the bot is on now (channel, widget and switch).
    pub bot_on: bool,
    /// When the last session closed; sessions never overlap.
    pub closed_at: Option<Time>,
    /// When the present BOT period began.
    pub bot_since: Option<Time>,
    /// Until when the thread is out of sight; None when it is not snoozed.
    pub snoozed_until: Option<Time>,
    /// A snooze ended by itself and nobody acted since.
    pub snooze_elapsed: bool,
    /// A person has written in this wait.
    pub human_replied: bool,
    /// The customer's messages in this session.
    pub customer: Option<Mark>,
    /// The human messages in this session.
    pub human: Option<Mark>,
}

impl Facts {
    /// A conversation in which nothing has happened yet.
    #[must_use]
    pub fn new(bot_on: bool) -> Self {
        Self {
            open: false,
            handler: if bot_on { Handler::Bot } else { Handler::Human },
            bot_on,
            closed_at: None,
            bot_since: None,
            snoozed_until: None,
            snooze_elapsed: false,
            human_replied: false,
            customer: None,
            human: None,
        }
    }

    pub(crate) fn customer_wrote(&mut self, number: i64, at: Time) {
        self.customer = Some(Mark::with(self.customer, number, at));
    }

    pub(crate) fn human_wrote(&mut self, number: i64, at: Time) {
        self.human = Some(Mark::with(self.human, number, at));
        self.human_replied = true;
    }
}

/// What an inbox shows. Derived, never decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// No open session, or never one.
    Closed,
    /// Out of sight until a time.
    Snoozed,
    /// The snooze ended by itself.
    PreviouslySnoozed,
    /// The bot is responsible.
    BotHandling,
    /// A person is responsible and has not written yet.
    PendingFirstResponse,
    /// The customer waits for a person's next message.
    PendingResponse,
    /// A person replied and it is the customer's turn.
    Open,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Closed,
        Self::Snoozed,
        Self::PreviouslySnoozed,
        Self::BotHandling,
        Self::PendingFirstResponse,
        Self::PendingResponse,
        Self::Open,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Snoozed => "SNOOZED",
            Self::PreviouslySnoozed => "PREVIOUSLY_SNOOZED",
            Self::BotHandling => "BOT_HANDLING",
            Self::PendingFirstResponse => "PENDING_FIRST_RESPONSE",
            Self::PendingResponse => "PENDING_RESPONSE",
            Self::Open => "OPEN",
        }
    }
}

/// Derives the status; the first rule that matches wins. A snooze that is due but not yet applied
/// still counts as snoozed: every command applies what is due before it looks.
#[must_use]
pub fn status(facts: &Facts) -> Status {
    if !facts.open {
        Status::Closed
    } else if facts.snoozed_until.is_some() {
        Status::Snoozed
    } else if facts.snooze_elapsed {
        Status::PreviouslySnoozed
    } else if facts.handler == Handler::Bot {
        Status::BotHandling
    } else if !facts.human_replied {
        Status::PendingFirstResponse
    } else if it_is_the_customers_turn(facts) {
        Status::Open
    } else {
        Status::PendingResponse
    }
}

/// A phone-app message may arrive late: it counts as an answer only if it is also not older than
/// what the customer wrote, in the whole seconds that Meta gives.
fn it_is_the_customers_turn(facts: &Facts) -> bool {
    match (facts.human, facts.customer) {
        (Some(human), Some(customer)) => {
            human.number > customer.number && human.at.timestamp() >= customer.at.timestamp()
        }
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The fixed sets of statuses behind an inbox's tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// Everything.
    All,
    /// What a person may have to look at.
    Active,
    /// What the bot has or had.
    Bot,
    /// What waits for or is with a person.
    Human,
}

impl Label {
    /// The statuses under this tab.
    #[must_use]
    pub fn statuses(self) -> &'static [Status] {
        use Status::{
            BotHandling, Closed, Open, PendingFirstResponse, PendingResponse, PreviouslySnoozed, Snoozed,
        };
        match self {
            Self::All => &Status::ALL,
            Self::Active => &[PendingFirstResponse, PendingResponse, Open, Snoozed, PreviouslySnoozed],
            Self::Bot => &[BotHandling, Closed],
            Self::Human => &[PendingFirstResponse, PendingResponse, Open, PreviouslySnoozed],
        }
    }
}

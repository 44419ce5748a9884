//! Everything that is counted.

use super::{Tally, Times};
use crate::conversation::WaitReason;
use crate::delivery::Fault;
use crate::feedback::Rating;
use crate::id::DocumentId;

/// What happened in some time.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// How often.
    pub counts: Counts,
    /// From the moment a person became responsible to the first human message, by when they became responsible. Waits
    /// that a human message itself began are left out, and so are those that nobody has answered.
    pub first_response: Times,
    /// For how long people were responsible, by when that ended.
    pub handling: Times,
    /// In how many answers of the bot each document was cited, by when they were written.
    pub cited: Tally<DocumentId>,
}

/// Which figures are wanted beside the counts: they take more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Parts {
    /// How long things took.
    pub times: bool,
    /// Which documents were cited.
    pub cited: bool,
}

/// How often things happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Sessions that were opened.
    pub conversations: i64,
    /// Messages of customers.
    pub customer: i64,
    /// Messages of the bot and of workflows.
    pub bot: i64,
    /// Messages of members, in the hub.
    pub agent: i64,
    /// Messages typed in the WhatsApp Business app on the phone.
    pub business_app: i64,
    /// Sessions that were closed.
    pub closed: i64,
    /// Those of them for which no person was ever responsible.
    pub resolved_by_bot: i64,
    /// Sessions that were opened and for which a person became responsible, then or later, by the first reason.
    pub handed_over: Tally<WaitReason>,
    /// Turns that ended because nothing in the company's knowledge answered.
    pub unanswered: i64,
    /// Ratings of messages of the bot and of members, by when the message was written.
    pub feedback: Tally<Rated>,
    /// Sends that failed, or of which nobody knows, by when the message was written.
    pub undelivered: Tally<Fault>,
}

/// Whose message was rated, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rated {
    /// The bot's.
    Bot(Rating),
    /// A member's.
    Agent(Rating),
}

impl Parts {
    /// Every figure.
    pub const ALL: Self = Self { times: true, cited: true };
}

impl Counts {
    /// Messages of all of them.
    #[must_use]
    pub fn messages(&self) -> i64 {
        self.customer + self.bot + self.agent + self.business_app
    }
}

impl Figures {
    /// Whether nothing happened.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.counts == Counts::default()
            && self.first_response.is_empty()
            && self.handling.is_empty()
            && self.cited == Tally::default()
    }

    /// What happened in some more time.
    pub fn add(&mut self, other: &Self) {
        let (sum, more) = (&mut self.counts, &other.counts);
        sum.conversations += more.conversations;
        sum.customer += more.customer;
        sum.bot += more.bot;
        sum.agent += more.agent;
        sum.business_app += more.business_app;
        sum.closed += more.closed;
        sum.resolved_by_bot += more.resolved_by_bot;
        sum.handed_over.add_all(&more.handed_over);
        sum.unanswered += more.unanswered;
        sum.feedback.add_all(&more.feedback);
        sum.undelivered.add_all(&more.undelivered);
        self.first_response.add(&other.first_response);
        self.handling.add(&other.handling);
        self.cited.add_all(&other.cited);
    }
}

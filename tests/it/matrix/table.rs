//! The table "every event in every status", written down as data.
//!
//! One line per event, one cell per column, in the order of the page. Where the page puts two events into
//! one line ("unsnooze / due") or two cases into one cell ("an old one: rule 6"), there is a line for each.
//! A cell says what is done and which statuses the page names for the outcome; the status itself is
//! derived elsewhere, by the seven rules, and must be one of those.

/// The derived status of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    BotHandling,
    PendingFirstResponse,
    PendingResponse,
    Open,
    Snoozed,
    PreviouslySnoozed,
    Closed,
}

/// The columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Closed,
    Bot,
    Human,
    SnoozedHuman,
    SnoozedBot,
    ElapsedHuman,
    ElapsedBot,
}

/// All columns, in order.
pub const COLUMNS: [Column; 7] = [
    Column::Closed,
    Column::Bot,
    Column::Human,
    Column::SnoozedHuman,
    Column::SnoozedBot,
    Column::ElapsedHuman,
    Column::ElapsedBot,
];

impl Column {
    pub const NAMES: [&str; 7] = ["CLOSED", "BOT", "PEND/OPEN", "SNOOZED H", "SNOOZED B", "PREV H", "PREV B"];

    /// Whether the bot is the handler.
    pub fn of_bot(self) -> bool {
        matches!(self, Self::Bot | Self::SnoozedBot | Self::ElapsedBot)
    }
}

/// What a cell has done, apart from storing the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Do {
    /// A session opens; the message belongs to it.
    OpenSession,
    /// The session closes, with the event's reason.
    CloseSession,
    /// The bot becomes the handler, or stays it.
    ToBot,
    /// A person becomes the handler, with the event's reason.
    ToHuman,
    /// Ends the snooze and forgets that one elapsed.
    Wake,
    /// The snooze begins.
    Snooze,
    /// The snooze came to its end by itself.
    Elapse,
    /// The bot has a customer's message to answer.
    Turn,
    /// The bot answers what was left unanswered, if anything was.
    TurnIfUnanswered,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// The line's case does not exist in this column.
    Never,
    /// "refused"
    Refused,
    /// "discarded"
    Discarded,
    /// "-"
    Dash,
    /// "same", "no change", "stays snoozed", "appended, no change": the conversation is as it was.
    Same,
    /// What is done, and the statuses that the page names.
    Goes(&'static [Do], &'static [Status]),
}

use Cell::{Dash, Discarded, Goes, Never, Refused, Same};
use Do::{CloseSession, Elapse, OpenSession, Snooze, ToBot, ToHuman, Turn, TurnIfUnanswered, Wake};

const BOT: &[Status] = &[Status::BotHandling];
const PFR: &[Status] = &[Status::PendingFirstResponse];
const PENDING: &[Status] = &[Status::PendingFirstResponse, Status::PendingResponse];
const OPEN: &[Status] = &[Status::Open];
const RULE6: &[Status] = &[Status::Open, Status::PendingResponse];
const DERIVED: &[Status] = &[Status::PendingFirstResponse, Status::PendingResponse, Status::Open];
const SNOOZED: &[Status] = &[Status::Snoozed];
const PREV: &[Status] = &[Status::PreviouslySnoozed];
const CLOSED: &[Status] = &[Status::Closed];

// Every event here that acts ends a snooze and clears that one elapsed, the delivery of a human message
// and the bot's answer excepted.
const SHUT: Cell = Goes(&[Wake, CloseSession], CLOSED);
const PERSON: Cell = Goes(&[Wake, ToHuman], PFR);
const REPLIED: Cell = Goes(&[Wake], OPEN);
const TAKEN: Cell = Goes(&[Wake, ToHuman], OPEN);
const ASKED: Cell = Goes(&[Wake], PENDING);
const WAKES_BOT: Cell = Goes(&[Wake, Turn], BOT);
const BACK: Cell = Goes(&[Wake, ToBot, TurnIfUnanswered], BOT);
const LATE: Cell = Goes(&[Wake], RULE6);
const LATE_TAKEN: Cell = Goes(&[Wake, ToHuman], RULE6);
const ASLEEP: Cell = Goes(&[Wake, Snooze], SNOOZED);
const ELAPSES: Cell = Goes(&[Wake, Elapse], PREV);
const ANEW: Cell = Goes(&[OpenSession, ToBot, Turn], BOT);
const ANEW_HUMAN: Cell = Goes(&[OpenSession, ToHuman], PFR);
const UP_H: Cell = Goes(&[Wake], DERIVED);
const UP_B: Cell = Goes(&[Wake], BOT);

/// A human message counts no more, or again: only what is derived from the messages may move.
const AGAIN: Cell = Goes(&[], DERIVED);
const AGAIN_BOT: Cell = Goes(&[], BOT);
const AGAIN_SNOOZED: Cell = Goes(&[], SNOOZED);
const AGAIN_PREV: Cell = Goes(&[], PREV);

/// The lines of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    Customer,
    CustomerBotOff,
    Agent,
    Phone,
    PhoneOld,
    PhoneStale,
    PhoneOff,
    Answers,
    HandsOverOn,
    HandsOverOff,
    Join,
    HandBack,
    HandBackBotOff,
    Snooze,
    Unsnooze,
    Due,
    Close,
    Expiry,
    CannotAnswer,
    Fails,
    Arrives,
    Other,
}

/// Line, its name, and the cells in the order of [`Column`].
#[rustfmt::skip]
pub const TABLE: [(Row, &str, [Cell; 7]); 22] = [
    //                                                        CLOSED      BOT         PEND/OPEN  SNOOZED H  SNOOZED B   PREV H     PREV B
    (Row::Customer,       "customer message",                [ANEW,       WAKES_BOT,  ASKED,     ASKED,     WAKES_BOT,  ASKED,     WAKES_BOT]),
    (Row::CustomerBotOff, "customer message, bot off",       [ANEW_HUMAN, PERSON,     ASKED,     ASKED,     PERSON,     ASKED,     PERSON]),
    (Row::Agent,          "agent message",                   [Refused,    Refused,    REPLIED,   REPLIED,   TAKEN,      REPLIED,   TAKEN]),
    (Row::Phone,          "phone-app content",               [Same,       TAKEN,      REPLIED,   REPLIED,   TAKEN,      REPLIED,   TAKEN]),
    (Row::PhoneOld,       ".. behind the customer",          [Never,      LATE_TAKEN, LATE,      LATE,      LATE_TAKEN, LATE,      LATE_TAKEN]),
    (Row::PhoneStale,     ".. before the BOT period",        [Never,      Same,       Never,     Never,     Same,       Never,     Same]),
    (Row::PhoneOff,       ".. phoneMessageTakesOver off",    [Same,       Same,       LATE,      LATE,      Same,       LATE,      Same]),
    (Row::Answers,        "bot answer commits",              [Discarded,  Same,       Discarded, Discarded, Same,       Discarded, Same]),
    (Row::HandsOverOn,    "bot hands over, setting on",      [Discarded,  PERSON,     Dash,      Dash,      PERSON,     Dash,      PERSON]),
    (Row::HandsOverOff,   "bot hands over, setting off",     [Discarded,  SHUT,       Dash,      Dash,      SHUT,       Dash,      SHUT]),
    (Row::Join,           "join",                            [Refused,    PERSON,     Refused,   Refused,   PERSON,     Refused,   PERSON]),
    (Row::HandBack,       "hand back to AI",                 [Refused,    Refused,    BACK,      BACK,      BACK,       BACK,      BACK]),
    (Row::HandBackBotOff, "hand back to AI, bot off",        [Refused,    Refused,    Refused,   Refused,   Refused,    Refused,   Refused]),
    (Row::Snooze,         "snooze",                          [Refused,    ASLEEP,     ASLEEP,    Refused,   Refused,    ASLEEP,    ASLEEP]),
    (Row::Unsnooze,       "unsnooze",                        [Refused,    Refused,    Refused,   UP_H,      UP_B,       Refused,   Refused]),
    (Row::Due,            "due",                             [Dash,       Dash,       Dash,      ELAPSES,   ELAPSES,    Dash,      Dash]),
    (Row::Close,          "close",                           [Refused,    Refused,    SHUT,      SHUT,      SHUT,       SHUT,      SHUT]),
    (Row::Expiry,         "expiry",                          [Dash,       SHUT,       SHUT,      SHUT,      SHUT,       SHUT,      SHUT]),
    (Row::CannotAnswer,   "bot cannot answer",               [Discarded,  PERSON,     Discarded, Discarded, PERSON,     Discarded, PERSON]),
    (Row::Fails,          "a human message fails",           [Same,       AGAIN_BOT,  AGAIN,     AGAIN_SNOOZED, AGAIN_SNOOZED, AGAIN_PREV, AGAIN_PREV]),
    (Row::Arrives,        ".. proves to have arrived",       [Same,       AGAIN_BOT,  AGAIN,     AGAIN_SNOOZED, AGAIN_SNOOZED, AGAIN_PREV, AGAIN_PREV]),
    (Row::Other,          "anything else",                   [Same,       Same,       Same,      Same,      Same,       Same,      Same]),
];

/// The cell where a line meets a column.
pub fn cell(row: Row, column: Column) -> Cell {
    TABLE[row as usize].2[column as usize]
}

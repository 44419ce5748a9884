//! The seven rules, read off the whole log each time.
//!
//! Nothing is kept up to date here: each question walks over everything that ever happened.

use super::subject::{Closed, Handler, Ms, Wait};
use super::table::{Column, Status};

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Customer,
    Agent,
    /// The phone app, where it could take over.
    Phone,
    /// The bot, or the phone app where it could not take over.
    Aside,
}

/// What happened, in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fact {
    Opened { at: Ms },
    Closed { at: Ms, why: Closed },
    Handler { handler: Handler, at: Ms },
    WaitStarted(Wait),
    WaitEnded,
    Snoozed { until: Ms },
    Elapsed,
    Woken,
    Message { author: Author, clock: Ms, outside: bool },
    Failed { number: i64 },
    Arrived { number: i64 },
    TurnWanted,
    Answered,
    Bot { on: bool },
}

const DAY: Ms = 24 * 60 * 60 * 1000;

/// A message of the log with its number and place.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    pub number: i64,
    pub place: usize,
    pub author: Author,
    pub clock: Ms,
    pub outside: bool,
    pub failed: bool,
}

/// All messages, numbered in order.
pub fn messages(log: &[Fact]) -> Vec<Message> {
    let mut found = Vec::new();
    for (place, fact) in log.iter().enumerate() {
        if let Fact::Message { author, clock, outside } = *fact {
            let number = found.len() as i64 + 1;
            let failed = log.iter().rev().find_map(|later| match later {
                Fact::Failed { number: n } if *n == number => Some(true),
                Fact::Arrived { number: n } if *n == number => Some(false),
                _ => None,
            });
            found.push(Message { number, place, author, clock, outside, failed: failed.unwrap_or(false) });
        }
    }
    found
}

/// Where the open session begins in the log.
pub fn session(log: &[Fact]) -> Option<usize> {
    let opened = log.iter().rposition(|fact| matches!(fact, Fact::Opened { .. }))?;
    let closed = log[opened..].iter().any(|fact| matches!(fact, Fact::Closed { .. }));
    (!closed).then_some(opened)
}

/// When the last session closed.
pub fn closed_at(log: &[Fact]) -> Option<Ms> {
    log.iter().rev().find_map(|fact| if let Fact::Closed { at, .. } = fact { Some(*at) } else { None })
}

/// The messages of the open session by some authors that count: not failed, not out of session.
fn by(log: &[Fact], authors: &[Author]) -> Vec<Message> {
    let Some(opened) = session(log) else { return Vec::new() };
    let counts = |message: &Message| {
        message.place > opened && authors.contains(&message.author) && !message.failed && !message.outside
    };
    messages(log).into_iter().filter(counts).collect()
}

fn by_customer(log: &[Fact]) -> Vec<Message> {
    by(log, &[Author::Customer])
}

fn by_people(log: &[Fact]) -> Vec<Message> {
    by(log, &[Author::Agent, Author::Phone])
}

/// The second of the session's latest customer message.
pub fn customers_second(log: &[Fact]) -> Option<i64> {
    by_customer(log).iter().map(|message| message.clock.div_euclid(1000)).max()
}

/// When the present BOT period began: with the session, or with the hand back.
pub fn bot_since(log: &[Fact]) -> Option<Ms> {
    log[session(log)?..].iter().rev().find_map(|fact| match *fact {
        // Meta stamps whole seconds, so the period counts from the beginning of its first one.
        Fact::Handler { handler: Handler::Bot, at } | Fact::Opened { at } => Some(at.div_euclid(1000) * 1000),
        _ => None,
    })
}

/// When the open session ends.
pub fn expires_at(log: &[Fact]) -> Option<Ms> {
    by_customer(log).iter().map(|message| message.clock + DAY).max()
}

/// Who handles, or handled when the session closed; a conversation is the bot's at first.
pub fn handler(log: &[Fact]) -> Handler {
    let of = |fact: &Fact| if let Fact::Handler { handler, .. } = fact { Some(*handler) } else { None };
    log.iter().rev().find_map(of).unwrap_or(Handler::Bot)
}

/// The last thing that happened to the snooze.
fn snooze(log: &[Fact]) -> Option<Fact> {
    let last = |fact: &&Fact| matches!(fact, Fact::Snoozed { .. } | Fact::Elapsed | Fact::Woken);
    log.iter().rfind(last).copied()
}

/// Until when the conversation is snoozed.
pub fn snoozed_until(log: &[Fact]) -> Option<Ms> {
    session(log)?;
    if let Some(Fact::Snoozed { until }) = snooze(log) { Some(until) } else { None }
}

/// Whether a person replied since the present wait began.
fn replied(log: &[Fact]) -> bool {
    let began = log.iter().rposition(|fact| matches!(fact, Fact::WaitStarted(_)));
    by_people(log).iter().any(|message| began.is_some_and(|began| message.place > began))
}

/// Rule 6: whether it is the customer's turn.
fn customers_turn(log: &[Fact]) -> bool {
    let (people, customers) = (by_people(log), by_customer(log));
    let number = |of: &[Message]| of.iter().map(|message| message.number).max();
    let second = people.iter().map(|message| message.clock.div_euclid(1000)).max();
    number(&people) > number(&customers) && second >= customers_second(log)
}

/// What the bot has not answered and no person has. What it read and gave to a person is not asked of it
/// again; what it could not answer is.
pub fn unanswered(log: &[Fact]) -> bool {
    let read = |fact: &Fact| {
        matches!(fact, Fact::Answered | Fact::WaitStarted(Wait::Unsure | Wait::Requested | Wait::Unreadable))
    };
    let person = by_people(log).last().map_or(0, |message| message.place);
    let read = log.iter().rposition(read).unwrap_or(0);
    by_customer(log).iter().any(|message| message.place > person && message.place > read)
}

/// Rules 1 to 7, the first that holds.
pub fn status(log: &[Fact]) -> Status {
    if session(log).is_none() {
        Status::Closed
    } else if snoozed_until(log).is_some() {
        Status::Snoozed
    } else if snooze(log) == Some(Fact::Elapsed) {
        Status::PreviouslySnoozed
    } else if handler(log) == Handler::Bot {
        Status::BotHandling
    } else if !replied(log) {
        Status::PendingFirstResponse
    } else if !customers_turn(log) {
        Status::PendingResponse
    } else {
        Status::Open
    }
}

/// The column that the conversation is in.
pub fn column(log: &[Fact]) -> Column {
    let bot = handler(log) == Handler::Bot;
    match (status(log), bot) {
        (Status::Closed, _) => Column::Closed,
        (Status::Snoozed, true) => Column::SnoozedBot,
        (Status::Snoozed, false) => Column::SnoozedHuman,
        (Status::PreviouslySnoozed, true) => Column::ElapsedBot,
        (Status::PreviouslySnoozed, false) => Column::ElapsedHuman,
        (Status::BotHandling, _) => Column::Bot,
        (Status::PendingFirstResponse | Status::PendingResponse | Status::Open, _) => Column::Human,
    }
}

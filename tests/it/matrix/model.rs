//! The independent model: looks the cell up, notes in a log what it has done, and reads the log.

use super::derive::{self, Author, Fact};
use super::subject::{Event, Handler, Observation, Step, Verdict};
use super::table::{self, Cell, Column, Do, Row, Status};

/// A conversation as the page has it.
#[derive(Debug, Default)]
pub struct Model {
    pub log: Vec<Fact>,
    /// Every cell that was met.
    pub hits: Vec<(Row, Column)>,
}

/// What the model expects to be seen, and which verdicts fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    pub seen: Observation,
    pub verdicts: &'static [Verdict],
    pub cell: (Row, Column),
}

impl Expected {
    /// Whether an observation is as expected.
    pub fn agrees(&self, seen: &Observation) -> bool {
        let accepted = seen.verdict == Verdict::Accepted && !self.verdicts.contains(&Verdict::Refused);
        (accepted || self.verdicts.contains(&seen.verdict))
            && *seen == Observation { verdict: seen.verdict, ..self.seen }
    }
}

impl Model {
    pub fn column(&self) -> Column {
        derive::column(&self.log)
    }

    pub fn bot_on(&self) -> bool {
        let switched = |fact: &Fact| if let Fact::Bot { on } = fact { Some(*on) } else { None };
        self.log.iter().rev().find_map(switched).unwrap_or(true)
    }

    /// Whether the bot has a turn that nothing has ended yet.
    pub fn turn_is_open(&self) -> bool {
        let ends = |fact: &Fact| {
            matches!(
                fact,
                Fact::Answered | Fact::Closed { .. } | Fact::Handler { handler: Handler::Human, .. }
            )
        };
        let last = |is: &dyn Fn(&Fact) -> bool| self.log.iter().rposition(is);
        last(&|fact| *fact == Fact::TurnWanted) > last(&ends)
    }

    /// The agent's messages, in order: the place in the numbering, and whether it failed and arrived.
    pub fn agents(&self) -> Vec<(i64, bool, bool)> {
        let mine = derive::messages(&self.log).into_iter().filter(|message| message.author == Author::Agent);
        let happened = |fact: Fact| self.log.contains(&fact);
        mine.map(|message| message.number)
            .map(|n| (n, happened(Fact::Failed { number: n }), happened(Fact::Arrived { number: n })))
            .collect()
    }

    /// Applies what is due, then the event.
    pub fn act(&mut self, step: Step) -> Expected {
        let before = self.log.len();
        let epoch = self.epoch();
        // Only one of them can be due first: a session that expired has no snooze any more.
        let expires = derive::expires_at(&self.log).filter(|expires| *expires <= step.at);
        let until = derive::snoozed_until(&self.log).filter(|until| *until <= step.at);
        let wakes = until.is_some_and(|until| expires.is_none_or(|expires| until < expires));
        if wakes && step.event != Event::Due {
            self.meet(Step { event: Event::Due, ..step });
        }
        if expires.is_some() && step.event != Event::Expiry {
            self.meet(Step { event: Event::Expiry, ..step });
        }
        let (cell, verdicts) = self.meet(step);
        let new = &self.log[before..];
        let seen = Observation {
            verdict: verdicts[0],
            status: derive::status(&self.log),
            handler: derive::session(&self.log).map(|_| derive::handler(&self.log)),
            epoch_rose: self.epoch() > epoch,
            session_opened: new.iter().any(|fact| matches!(fact, Fact::Opened { .. })),
            session_closed: new.iter().find_map(|fact| match fact {
                Fact::Closed { why, .. } => Some(*why),
                _ => None,
            }),
            wait_started: new.iter().find_map(|fact| match fact {
                Fact::WaitStarted(why) => Some(*why),
                _ => None,
            }),
            wait_ended: new.contains(&Fact::WaitEnded),
            bot_turn: new.contains(&Fact::TurnWanted),
        };
        Expected { seen, verdicts, cell }
    }

    /// Rises on every change of handler and on every human message.
    fn epoch(&self) -> usize {
        let changes = self.log.iter().filter(|fact| matches!(fact, Fact::Handler { .. }));
        let human = |fact: &&Fact| {
            matches!(fact, Fact::Message { author: Author::Agent | Author::Phone, outside: false, .. })
        };
        changes.count() + self.log.iter().filter(human).count()
    }

    /// One cell of the table.
    fn meet(&mut self, step: Step) -> ((Row, Column), &'static [Verdict]) {
        let (column, was) = (self.column(), derive::status(&self.log));
        let row = self.row(step.event, column);
        self.hits.push((row, column));
        let cell = table::cell(row, column);
        let (acts, says): (&[Do], &[Status]) = match cell {
            Cell::Goes(acts, says) => (acts, says),
            Cell::Never => panic!("{row:?} does not meet {column:?}"),
            Cell::Refused | Cell::Discarded | Cell::Dash | Cell::Same => (&[], &[]),
        };
        if acts.contains(&Do::OpenSession) {
            self.open(step);
        }
        let human = matches!(cell, Cell::Goes(..));
        let begins = acts.contains(&Do::ToHuman).then_some(self.log.len());
        if !matches!(cell, Cell::Refused | Cell::Discarded) {
            self.store(step, human);
        }
        for act in acts {
            self.carry_out(*act, step, row, begins);
        }
        let is = derive::status(&self.log);
        let named = if says.is_empty() { is == was } else { says.contains(&is) };
        assert!(
            named,
            "the page contradicts itself: {row:?} x {column:?} names {says:?}, its rules say {is:?}"
        );
        ((row, column), verdicts(cell, was != is))
    }

    /// Which line of the table an event is. "Not before the present BOT period began" is taken to the
    /// letter, in the whole seconds that Meta stamps.
    fn row(&self, event: Event, column: Column) -> Row {
        match event {
            Event::Customer { .. } if self.bot_on() => Row::Customer,
            Event::Customer { .. } => Row::CustomerBotOff,
            Event::Agent => Row::Agent,
            Event::Phone { takes_over: false, .. } => Row::PhoneOff,
            Event::Phone { .. } if column == Column::Closed => Row::Phone,
            Event::Phone { clock, .. } if column.of_bot() && Some(clock) < derive::bot_since(&self.log) => {
                Row::PhoneStale
            }
            Event::Phone { clock, .. }
                if Some(clock.div_euclid(1000)) < derive::customers_second(&self.log) =>
            {
                Row::PhoneOld
            }
            Event::Phone { .. } => Row::Phone,
            Event::Answers => Row::Answers,
            Event::HandsOver { enabled: true, .. } => Row::HandsOverOn,
            Event::HandsOver { enabled: false, .. } => Row::HandsOverOff,
            Event::CannotAnswer { .. } => Row::CannotAnswer,
            Event::Join => Row::Join,
            Event::HandBack if self.bot_on() => Row::HandBack,
            Event::HandBack => Row::HandBackBotOff,
            Event::Snooze { .. } => Row::Snooze,
            Event::Unsnooze => Row::Unsnooze,
            Event::Due => Row::Due,
            Event::Close => Row::Close,
            Event::Expiry => Row::Expiry,
            Event::Fails { .. } => Row::Fails,
            Event::Arrives { .. } => Row::Arrives,
            Event::BotSwitched { .. } | Event::Aside | Event::OldCustomer { .. } => Row::Other,
        }
    }
}

/// Which verdicts fit a cell; "-" says only that nothing changes.
fn verdicts(cell: Cell, moved: bool) -> &'static [Verdict] {
    match cell {
        Cell::Never | Cell::Refused => &[Verdict::Refused],
        Cell::Discarded => &[Verdict::Discarded],
        Cell::Dash => &[Verdict::Same, Verdict::Discarded],
        Cell::Same => &[Verdict::Same],
        Cell::Goes(..) if moved => &[Verdict::Changed],
        Cell::Goes(..) => &[Verdict::Changed, Verdict::Same],
    }
}

//! The cells that a history aims at: the seed chooses them, and until they are met two steps of three
//! lead there, if they can.

use super::derive;
use super::dice::Dice;
use super::history::{Profile, SECOND, agents, bot_does, clock, due, expiry, phone, recent, snooze};
use super::model::Model;
use super::subject::{Event, Ms, Step, Wait};
use super::table::{COLUMNS, Column, Row, TABLE};

/// A line of the table and a column.
#[derive(Debug, Clone, Copy)]
pub struct Aim(Row, Column);

impl Aim {
    /// Neighbouring seeds aim at different cells; as many as there are cells aim at all of them.
    pub fn of(seed: u64) -> Self {
        let lines = TABLE.len() as u64;
        let (line, column) = (seed % lines, seed / lines % COLUMNS.len() as u64);
        Self(TABLE[line as usize].0, COLUMNS[column as usize])
    }

    /// A step towards the cell: into its column, then its event.
    pub fn draw(self, dice: &mut Dice, model: &Model, profile: Profile, at: Ms) -> Option<Step> {
        let step = |event| Some(Step { at, event });
        match (self.1, model.column()) {
            (to, is) if to == is => self.event(dice, model, profile, at),
            (Column::Closed, Column::Bot) => expiry(model, at),
            (Column::Closed, Column::Human) if matches!(self.0, Row::Fails | Row::Arrives) => {
                step(fate(dice, model)).filter(|step| !matches!(step.event, Event::Arrives { .. }))
            }
            (Column::Closed, _) => step(Event::Close),
            (_, Column::Closed) => step(Event::Customer { clock: clock(dice, at) }),
            (to, is) if to.of_bot() && !is.of_bot() && !model.bot_on() => {
                step(Event::BotSwitched { on: true })
            }
            (to, is) if to.of_bot() && !is.of_bot() => self.hand_back(dice, model, at),
            (to, is) if !to.of_bot() && is.of_bot() => step(Event::Join),
            (_, Column::Bot) if !model.turn_is_open() && dice.one_in(2) => {
                step(Event::Customer { clock: clock(dice, at) })
            }
            (Column::ElapsedBot | Column::ElapsedHuman, Column::SnoozedBot | Column::SnoozedHuman) => {
                due(model, at)
            }
            (Column::Bot | Column::Human, Column::SnoozedBot | Column::SnoozedHuman) => step(Event::Unsnooze),
            (Column::Bot | Column::Human, _) => step(Event::Customer { clock: clock(dice, at) }),
            _ => step(Event::Snooze { until: at + 1 + snooze(dice) }),
        }
    }

    /// Whether the cell was met.
    pub fn met(self, model: &Model) -> bool {
        model.hits.contains(&(self.0, self.1))
    }

    /// Hands back, but has an agent's message first where one is to fail or to arrive later.
    fn hand_back(self, dice: &mut Dice, model: &Model, at: Ms) -> Option<Step> {
        let event = match (self.0, fate(dice, model)) {
            (Row::Fails, Event::Agent) | (Row::Arrives, Event::Agent | Event::Fails { .. }) => {
                fate(dice, model)
            }
            _ => Event::HandBack,
        };
        Some(Step { at, event })
    }

    fn event(self, dice: &mut Dice, model: &Model, profile: Profile, at: Ms) -> Option<Step> {
        let customer = Event::Customer { clock: clock(dice, at) };
        let bot = |event| bot_does(model, profile, at, event).unwrap_or(customer);
        let before =
            |clock: Ms| Event::Phone { clock: (clock - 1).div_euclid(SECOND) * SECOND, takes_over: true };
        let on = !matches!(self.0, Row::CustomerBotOff | Row::HandBackBotOff);
        let event = match self.0 {
            // A turn that finds its bot off would leave the column.
            Row::CustomerBotOff | Row::HandBackBotOff if model.bot_on() && model.turn_is_open() => {
                bot(Event::Answers)
            }
            Row::CustomerBotOff | Row::HandBackBotOff | Row::Customer | Row::HandBack
                if model.bot_on() != on =>
            {
                Event::BotSwitched { on }
            }
            Row::Customer | Row::CustomerBotOff => customer,
            Row::HandBack | Row::HandBackBotOff => Event::HandBack,
            Row::Agent => Event::Agent,
            Row::Phone => Event::Phone { clock: at, takes_over: true },
            Row::PhoneOld => match derive::customers_second(&model.log).map(|second| (second - 1) * SECOND) {
                Some(clock) if !self.1.of_bot() || Some(clock) >= derive::bot_since(&model.log) => {
                    Event::Phone { clock, takes_over: true }
                }
                _ => customer,
            },
            Row::PhoneStale => before(derive::bot_since(&model.log)?),
            Row::PhoneOff => match phone(dice, model, at) {
                Event::Phone { clock, .. } => Event::Phone { clock, takes_over: false },
                other => other,
            },
            Row::Answers => bot(Event::Answers),
            Row::HandsOverOn => bot(Event::HandsOver { requested: dice.one_in(2), enabled: true }),
            Row::HandsOverOff => bot(Event::HandsOver { requested: dice.one_in(2), enabled: false }),
            Row::CannotAnswer => bot(Event::CannotAnswer { why: Wait::ModelDown }),
            Row::Join => Event::Join,
            Row::Snooze => Event::Snooze { until: at + 1 + snooze(dice) },
            Row::Unsnooze => Event::Unsnooze,
            Row::Due => return due(model, at),
            Row::Close => Event::Close,
            Row::Expiry => return expiry(model, at),
            Row::Fails => match recent(dice, &agents(model, |failed, _| !failed)) {
                Some(nth) => Event::Fails { nth },
                None => Event::Agent,
            },
            Row::Arrives => fate(dice, model),
            Row::Other => Event::Aside,
        };
        Some(Step { at, event })
    }
}

/// The way to a failed message that arrived: one is sent, it fails, it arrives.
fn fate(dice: &mut Dice, model: &Model) -> Event {
    let lost = recent(dice, &agents(model, |failed, arrived| failed && !arrived));
    let sent = recent(dice, &agents(model, |failed, _| !failed));
    match (lost, sent) {
        (Some(nth), _) => Event::Arrives { nth },
        (None, Some(nth)) => Event::Fails { nth },
        (None, None) => Event::Agent,
    }
}

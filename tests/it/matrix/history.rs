//! Random histories: the walk is random, the times are aimed with the help of the model.
//!
//! Every history aims at two cells (see `aim`), so that 150 of them meet all cells.
//! A history depends on its seed and profile only, never on the subject. For a replay through a server
//! the bot acts only while it has a turn, since only then it can be made to.

use super::aim::Aim;
use super::derive;
use super::dice::Dice;
use super::model::Model;
use super::subject::{Event, Ms, Step, Wait};
use super::table::Column;

pub const SECOND: Ms = 1000;
const MINUTE: Ms = 60 * SECOND;
const HOUR: Ms = 60 * MINUTE;
const DAY: Ms = 24 * HOUR;

/// The reasons for which a bot cannot answer.
const REASONS: [Wait; 6] = [
    Wait::ModelDown,
    Wait::BotOff,
    Wait::Unreadable,
    Wait::DeliveryFailed,
    Wait::DeliveryUnknown,
    Wait::ChannelUnavailable,
];

/// Those that can be brought about at once from outside, while the bot is on.
const REASONS_OUTSIDE: [Wait; 2] = [Wait::ModelDown, Wait::DeliveryFailed];

/// What the histories are to be replayed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The pure function: the bot may act at any time, also when its work is discarded.
    Memory,
    /// A server: the bot acts on the turns that it has, and a bot switched off gives its turn to a person.
    Server,
}

/// The history of a seed.
pub fn history(seed: u64, profile: Profile, events: usize) -> Vec<Step> {
    let (mut dice, mut model, mut at) = (Dice(seed), Model::default(), 0);
    let aims = [Aim::of(seed), Aim::of(seed + 77)];
    let mut steps = Vec::with_capacity(events);
    while steps.len() < events {
        at += pause(&mut dice);
        let aim = aims.into_iter().find(|aim| !aim.met(&model)).filter(|_| !dice.one_in(3));
        let aimed = aim.and_then(|aim| aim.draw(&mut dice, &model, profile, at));
        let Some(step) = aimed.or_else(|| draw(&mut dice, &model, profile, at)) else { continue };
        at = step.at;
        model.act(step);
        steps.push(step);
        if profile == Profile::Server && !model.bot_on() && model.turn_is_open() {
            let step = Step { at, event: Event::CannotAnswer { why: Wait::BotOff } };
            model.act(step);
            steps.push(step);
        }
    }
    steps
}

/// Mostly short, often nothing at all, at times long enough for a session to end.
fn pause(dice: &mut Dice) -> Ms {
    match dice.below(20) {
        0..4 => 0,
        4..8 => dice.below(900),
        8..13 => dice.below(5) * SECOND,
        13..16 => dice.below(10 * MINUTE),
        16..19 => dice.below(3 * HOUR),
        _ => dice.below(30 * HOUR),
    }
}

/// The clock time of a message that arrives at `at`: the whole second, or a late one.
pub fn clock(dice: &mut Dice, at: Ms) -> Ms {
    let clock = match dice.below(10) {
        0 => return at,
        1..7 => at,
        7 => at - dice.below(5) * SECOND,
        8 => at - dice.below(20 * MINUTE),
        _ => at - dice.below(23 * HOUR),
    };
    clock.div_euclid(SECOND) * SECOND
}

/// One event that makes sense at `at`, or none.
fn draw(dice: &mut Dice, model: &Model, profile: Profile, at: Ms) -> Option<Step> {
    let event = match dice.below(40) {
        0..8 => Event::Customer { clock: clock(dice, at) },
        8..11 => Event::Agent,
        11..15 => phone(dice, model, at),
        15..19 => bot(dice, model, profile, at)?,
        19..21 => Event::Join,
        21..24 => Event::HandBack,
        24..28 => Event::Snooze { until: at + 1 + snooze(dice) },
        28 => Event::Unsnooze,
        29..32 => return due(model, at),
        32 => Event::Close,
        33 => return expiry(model, at),
        34..36 => Event::Fails { nth: recent(dice, &agents(model, |failed, _| !failed))? },
        36 => Event::Arrives { nth: recent(dice, &agents(model, |failed, arrived| failed && !arrived))? },
        37..39 => Event::BotSwitched { on: !model.bot_on() || dice.one_in(5) },
        _ if dice.one_in(2) => Event::Aside,
        _ => Event::OldCustomer { clock: (at - DAY - dice.below(DAY)).div_euclid(SECOND) * SECOND },
    };
    Some(Step { at, event })
}

/// The agents' messages that failed or not, arrived after all or not.
pub fn agents(model: &Model, which: impl Fn(bool, bool) -> bool) -> Vec<usize> {
    let fates = model.agents().into_iter().enumerate();
    fates.filter(|(_, (_, failed, arrived))| which(*failed, *arrived)).map(|(nth, _)| nth).collect()
}

/// Mostly the last one.
pub fn recent(dice: &mut Dice, of: &[usize]) -> Option<usize> {
    if dice.one_in(3) { dice.pick(of) } else { of.last().copied() }
}

/// How long a snooze lasts: now and then beyond the session.
pub fn snooze(dice: &mut Dice) -> Ms {
    match dice.below(6) {
        0 => dice.below(2 * SECOND),
        1..4 => dice.below(HOUR),
        4 => dice.below(20 * HOUR),
        _ => dice.below(89 * DAY),
    }
}

/// What is typed in the phone app: now, somewhat ago, or just around the beginning of the BOT period.
pub fn phone(dice: &mut Dice, model: &Model, at: Ms) -> Event {
    let around = derive::bot_since(&model.log).map(|since| since + (dice.below(5) - 2) * SECOND);
    let clock = match around {
        Some(around) if dice.one_in(4) => (around.div_euclid(SECOND) * SECOND).min(at),
        _ => clock(dice, at),
    };
    Event::Phone { clock, takes_over: !dice.one_in(4) }
}

/// What the bot does.
fn bot(dice: &mut Dice, model: &Model, profile: Profile, at: Ms) -> Option<Event> {
    let event = match dice.below(5) {
        0 | 1 => Event::Answers,
        2 | 3 => Event::HandsOver { requested: dice.one_in(2), enabled: !dice.one_in(3) },
        _ if profile == Profile::Server => Event::CannotAnswer { why: dice.pick(&REASONS_OUTSIDE)? },
        _ => Event::CannotAnswer { why: dice.pick(&REASONS)? },
    };
    bot_does(model, profile, at, event)
}

/// What the bot means to do, if it can; one that is off gives its turn away.
pub fn bot_does(model: &Model, profile: Profile, at: Ms, event: Event) -> Option<Event> {
    let handles = model.column().of_bot();
    let is_due = |when: Option<Ms>| when.is_some_and(|when| when <= at);
    let settled = !is_due(derive::expires_at(&model.log)) && !is_due(derive::snoozed_until(&model.log));
    match profile {
        Profile::Server if !(handles && settled && model.turn_is_open()) => None,
        _ if handles && !model.bot_on() => Some(Event::CannotAnswer { why: Wait::BotOff }),
        _ => Some(event),
    }
}

/// The timer of snoozes, at the end of the snooze or when it is past, but before the session's.
pub fn due(model: &Model, at: Ms) -> Option<Step> {
    let at = derive::snoozed_until(&model.log).map_or(at, |until| until.max(at));
    let expired = derive::expires_at(&model.log).is_some_and(|expires| expires <= at);
    let snoozes = !matches!(model.column(), Column::SnoozedHuman | Column::SnoozedBot);
    (!expired || snoozes).then_some(Step { at, event: Event::Due })
}

/// The timer of sessions, at the end of the session.
pub fn expiry(model: &Model, at: Ms) -> Option<Step> {
    let at = derive::expires_at(&model.log).map_or(at, |expires| expires.max(at));
    Some(Step { at, event: Event::Expiry })
}

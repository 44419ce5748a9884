//! The implementation's names for times, statuses and reasons.

use domain::clock::Time;
use domain::conversation::WaitReason;
use domain::conversation::facts::{self, Facts};

use super::subject::{Ms, Wait};
use super::table::Status;

/// The instant of 0: 2030-01-01T00:00:00Z.
const BASE: Ms = 1_893_456_000_000;

pub fn time(at: Ms) -> Time {
    Time::from_timestamp_millis(BASE + at).expect("within the calendar")
}

pub fn millis(time: Time) -> Ms {
    time.timestamp_millis() - BASE
}

pub fn status(facts: &Facts) -> Status {
    named(facts::status(facts))
}

pub fn named(status: facts::Status) -> Status {
    match status {
        facts::Status::Closed => Status::Closed,
        facts::Status::Snoozed => Status::Snoozed,
        facts::Status::PreviouslySnoozed => Status::PreviouslySnoozed,
        facts::Status::BotHandling => Status::BotHandling,
        facts::Status::PendingFirstResponse => Status::PendingFirstResponse,
        facts::Status::PendingResponse => Status::PendingResponse,
        facts::Status::Open => Status::Open,
    }
}

/// The reasons, here and there.
const REASONS: [(Wait, WaitReason); 11] = [
    (Wait::Unsure, WaitReason::Unsure),
    (Wait::Requested, WaitReason::Requested),
    (Wait::Joined, WaitReason::Joined),
    (Wait::AgentMessage, WaitReason::AgentMessage),
    (Wait::Takeover, WaitReason::Takeover),
    (Wait::BotOff, WaitReason::BotOff),
    (Wait::ModelDown, WaitReason::ModelDown),
    (Wait::Unreadable, WaitReason::Unreadable),
    (Wait::DeliveryFailed, WaitReason::DeliveryFailed),
    (Wait::DeliveryUnknown, WaitReason::DeliveryUnknown),
    (Wait::ChannelUnavailable, WaitReason::ChannelUnavailable),
];

pub fn reason(wait: Wait) -> WaitReason {
    REASONS.iter().find(|(here, _)| *here == wait).expect("every reason is listed").1
}

pub fn wait(reason: WaitReason) -> Wait {
    REASONS.iter().find(|(_, there)| *there == reason).expect("every reason is listed").0
}

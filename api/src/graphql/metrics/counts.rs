//! Messages and sessions in figures.

use async_graphql::SimpleObject;
use domain::metrics::Counts;

use crate::graphql::human_wait::HumanWaitReason;

/// Messages, by the clock of whoever wrote them and whatever became of their delivery: also media, placeholders of
/// content that has not come, and what came outside of a session. What Meta says, and notes, are none.
#[derive(SimpleObject)]
pub struct MessageCounts {
    /// All of them.
    total: i64,
    /// Written by customers.
    customer: i64,
    /// Written by the bot or a workflow.
    bot: i64,
    /// Written by members, in the hub.
    agent: i64,
    /// Typed in the WhatsApp Business app on the phone.
    business_app: i64,
}

/// Sessions that were closed.
#[derive(SimpleObject)]
pub struct ClosedCounts {
    /// All of them.
    total: i64,
    /// Those for which no person was ever responsible: the bot never handed over, nobody joined or took over.
    resolved_by_bot: i64,
    /// `resolvedByBot` of `total`, from 0 to 1; null if none was closed.
    bot_resolution_rate: Option<f64>,
}

/// Sessions for which a person became responsible.
#[derive(SimpleObject)]
pub struct HandedOverCounts {
    /// All of them.
    total: i64,
    /// `total` of the sessions that were opened, from 0 to 1; null if none was.
    rate: Option<f64>,
    /// The same by the first reason of each session; those of none are left out.
    by_reason: Vec<HandedOverReason>,
}

/// Sessions for which a person became responsible for a reason.
#[derive(SimpleObject)]
pub struct HandedOverReason {
    /// The reason.
    reason: HumanWaitReason,
    /// How many sessions.
    sessions: i64,
}

impl From<&Counts> for MessageCounts {
    fn from(counts: &Counts) -> Self {
        let Counts { customer, bot, agent, business_app, .. } = *counts;
        Self { total: counts.messages(), customer, bot, agent, business_app }
    }
}

impl From<&Counts> for ClosedCounts {
    fn from(counts: &Counts) -> Self {
        let Counts { closed, resolved_by_bot, .. } = *counts;
        Self { total: closed, resolved_by_bot, bot_resolution_rate: share(resolved_by_bot, closed) }
    }
}

impl From<&Counts> for HandedOverCounts {
    fn from(counts: &Counts) -> Self {
        let total = counts.handed_over.total();
        let each = counts.handed_over.each();
        Self {
            total,
            rate: share(total, counts.conversations),
            by_reason: each
                .map(|(reason, sessions)| HandedOverReason { reason: reason.into(), sessions })
                .collect(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

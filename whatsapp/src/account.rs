//! `account_update`: a business account came, went, or was restricted. Names the account, seldom a number.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::lenient::Node;

/// What became of an account. Unknown events are kept by their name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountUpdate {
    /// Meta's name of the event, such as `ACCOUNT_OFFBOARDED` or `PARTNER_REMOVED`.
    pub event: Option<String>,
    /// The number that it is about, digits only; None when it is about all of the account's.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// Why the phone app was disconnected: `PRIMARY_INACTIVITY`, `CHANGE_NUMBER`, ..
    #[serde(default)]
    pub disconnection_reason: Option<String>,
    /// Who disconnected it: `USER` or `SYSTEM`.
    #[serde(default)]
    pub initiated_by: Option<String>,
    /// Of a ban: `SCHEDULE_FOR_DISABLE`, `DISABLE` or `REINSTATE`.
    #[serde(default)]
    pub ban_state: Option<String>,
    /// Of a violation, what was violated.
    #[serde(default)]
    pub violation: Option<String>,
    /// Of a restriction, what is not allowed now.
    #[serde(default)]
    pub restrictions: Vec<Restriction>,
}

/// Something that an account may not do for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Such as `RESTRICTED_BIZ_INITIATED_MESSAGING` or `RESTRICTED_CUSTOMER_INITIATED_MESSAGING`.
    pub kind: String,
    /// Until when; None where Meta does not tell.
    pub expires_at: Option<DateTime<Utc>>,
}

impl AccountUpdate {
    pub(crate) fn read(value: Node<'_>) -> Self {
        let disconnection = value.node("disconnection_info");
        Self {
            event: value.text("event"),
            phone_number: value.phone("phone_number").or_else(|| value.phone("display_phone_number")),
            disconnection_reason: disconnection.text("reason"),
            initiated_by: disconnection.text("initiated_by"),
            ban_state: value.node("ban_info").text("waba_ban_state"),
            violation: value.node("violation_info").text("violation_type"),
            restrictions: value
                .list("restriction_info")
                .map(Node::of)
                .filter_map(|entry| {
                    Some(Restriction {
                        kind: entry.text("restriction_type")?,
                        expires_at: entry.time("expiration"),
                    })
                })
                .collect(),
        }
    }

    /// What it is about, for people: the reason of a disconnection, the state of a ban, a violation, the restrictions.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        let one = [&self.disconnection_reason, &self.ban_state, &self.violation].into_iter().flatten().next();
        one.cloned().or_else(|| {
            let all: Vec<_> = self.restrictions.iter().map(|restriction| restriction.kind.as_str()).collect();
            (!all.is_empty()).then(|| all.join(", "))
        })
    }
}

//! Ids: a type each, and their public spelling as TypeID (a prefix and a UUIDv7 in base 32).
//!
//! Source of the spelling: the TypeID specification 0.3 (Crockford's base 32, lower case, 26 digits).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text is no id of the wanted type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this type")]
pub struct NotAnId;

/// Splits a public id into its prefix and its UUID, whatever its type.
///
/// # Errors
/// [`NotAnId`] for any other spelling, also one in capitals.
pub fn split(text: &str) -> Result<(&str, Uuid), NotAnId> {
    let (prefix, digits) = text.rsplit_once('_').ok_or(NotAnId)?;
    Ok((prefix, decode(digits).ok_or(NotAnId)?))
}

fn encode(id: Uuid) -> String {
    let value = id.as_u128();
    (0..26).rev().map(|i| char::from(DIGITS[((value >> (5 * i)) & 31) as usize])).collect()
}

fn decode(digits: &str) -> Option<Uuid> {
    // 26 digits hold 130 bits: the first must leave the top two empty.
    if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for digit in digits.bytes() {
        let five = DIGITS.iter().position(|d| *d == digit)?;
        value = (value << 5) | five as u128;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &str = $prefix;

            /// A new id; later ones sort after earlier ones.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match split(text)? {
                    ($prefix, id) => Ok(Self(id)),
                    _ => Err(NotAnId),
                }
            }
        }
    )*};
}

ids! {
    /// A company.
    WorkspaceId = "ws";
    /// A user of a workspace.
    MemberId = "member";
    /// An integration's credential.
    ApiTokenId = "token";
    /// A way in.
    ChannelId = "channel";
    /// A configured bot on a channel.
    WidgetId = "widget";
    /// A customer.
    ContactId = "contact";
    /// The one thread of a contact on a widget.
    ConversationId = "conv";
    /// A service period.
    SessionId = "session";
    /// A stretch in which a person was responsible.
    HumanWaitId = "wait";
    /// A message.
    MessageId = "msg";
    /// A note for colleagues.
    NoteId = "note";
    /// A word that conversations are sorted by.
    TagId = "tag";
    /// An answer of the bot.
    TurnId = "turn";
    /// The sending of a message.
    DeliveryId = "delivery";
    /// A document of the knowledge.
    DocumentId = "doc";
    /// A version of a document.
    DocumentVersionId = "docver";
    /// A stretch of a document version.
    PassageId = "passage";
    /// What a member thinks of a message.
    FeedbackId = "feedback";
    /// What the bot is to learn.
    TicketId = "ticket";
    /// A workflow.
    WorkflowId = "workflow";
    /// A version of a workflow.
    WorkflowVersionId = "wfver";
    /// A run of a workflow.
    RunId = "run";
    /// An element of a webhook.
    ElementId = "element";
    /// A stored webhook body.
    LedgerId = "webhook";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_s_example_is_spelled_the_same() {
        let id: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(ConversationId(id).to_string(), "conv_01h455vb4pex5vsknk084sn02q");
        assert_eq!("conv_01h455vb4pex5vsknk084sn02q".parse(), Ok(ConversationId(id)));
    }

    #[test]
    fn another_type_and_broken_spellings_are_refused() {
        for text in [
            "msg_01h455vb4pex5vsknk084sn02q",
            "conv_81h455vb4pex5vsknk084sn02q",
            "conv_",
            "",
            "conv_01H455VB4PEX5VSKNK084SN02Q",
            "_é",
        ] {
            assert_eq!(text.parse::<ConversationId>(), Err(NotAnId), "{text}");
        }
    }
}

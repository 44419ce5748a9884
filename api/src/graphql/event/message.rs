//! Somebody wrote, the bot works, a message is on its way.

use async_graphql::ID;
use domain::delivery::State;
use domain::feedback::Rating;
use domain::id::{DeliveryId, MemberId, MessageId, TurnId};
use domain::message::{AuthorKind, change};
use domain::turn;

use super::in_conversation;
use crate::graphql::delivery::DeliveryState;
use crate::graphql::feedback::MessageRating;
use crate::graphql::link::Glance;
use crate::graphql::message::MessageAuthorKind;
use crate::graphql::message::change::MessageChangeKind;
use crate::graphql::turn::TurnState;

in_conversation! {
    /// The customer wrote.
    MessageReceived(message: MessageId, number: i64, out_of_session: bool) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// Its number in the conversation.
        number: i64 = number,
        /// Whether it was written outside of any session.
        out_of_session: bool = out_of_session,
    }
}

in_conversation! {
    /// The bot, a member or somebody in the WhatsApp Business app wrote.
    MessageAdded(message: MessageId, number: i64, author: AuthorKind) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// Its number in the conversation.
        number: i64 = number,
        /// Who wrote it.
        author: MessageAuthorKind = author.into(),
    }
}

in_conversation! {
    /// Somebody reacted to a message, edited it or took it back. It has no number of its own.
    MessageChanged(message: MessageId, number: i64, change: change::Kind, author: AuthorKind) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// Its number in the conversation.
        number: i64 = number,
        /// What the change does.
        change: MessageChangeKind = change.into(),
        /// Which side made it.
        author: MessageAuthorKind = author.into(),
    }
}

in_conversation! {
    /// A member rated an answer, or took the rating back.
    MessageRated(message: MessageId, member: MemberId, rating: Option<Rating>) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// Who rated it.
        member: Glance<MemberId> = Glance(member),
        /// What they think of it; null if they took it back.
        rating: Option<MessageRating> = rating.map(MessageRating::from),
    }
}

in_conversation! {
    /// WhatsApp handed over the content of a message that it had only announced. The number is the same.
    MessageContentReplaced(message: MessageId, number: i64) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// Its number in the conversation.
        number: i64 = number,
    }
}

in_conversation! {
    /// A row proved to be the same message as another one: hide it. Nothing is renumbered.
    MessageDuplicateFound(message: MessageId, duplicate_of: MessageId) {
        /// The id of the message to hide.
        message_id: ID = message.into(),
        /// The message to hide; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// The id of the message that it is.
        duplicate_of_id: ID = duplicate_of.into(),
        /// The message that it is; null if it is gone.
        duplicate_of: Glance<MessageId> = Glance(duplicate_of),
    }
}

/// The facts of a step of a delivery.
pub(super) struct Change {
    pub from: State,
    pub to: State,
    pub attempt: i64,
    pub automatic: bool,
}

in_conversation! {
    /// The sending of a message went on.
    DeliveryChanged(message: MessageId, delivery: DeliveryId, change: Change) {
        /// The id of the message.
        message_id: ID = message.into(),
        /// The message as it is now; null if it is gone.
        message: Glance<MessageId> = Glance(message),
        /// The id of the delivery.
        delivery_id: ID = delivery.into(),
        /// The delivery as it is now; null if it is gone.
        delivery: Glance<DeliveryId> = Glance(delivery),
        /// Where it stood before.
        from: DeliveryState = change.from.into(),
        /// Where it stood then.
        to: DeliveryState = change.to.into(),
        /// How often Meta had been called.
        attempt: i64 = change.attempt,
        /// Whether the bot or a workflow sends it, not a person.
        automatic: bool = change.automatic,
    }
}

in_conversation! {
    /// The bot began, ended or gave up an answer.
    TurnChanged(turn: TurnId, to: turn::State) {
        /// The id of the turn.
        turn_id: ID = turn.into(),
        /// The turn as it is now; null if it is gone.
        turn: Glance<TurnId> = Glance(turn),
        /// Where it stood then.
        to: TurnState = to.into(),
    }
}

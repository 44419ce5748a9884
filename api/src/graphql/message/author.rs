//! Who wrote a message.

use async_graphql::{Context, Enum, Interface, Object, Result};
use domain::id::{ApiTokenId, ContactId, ConversationId, MemberId, TurnId};
use domain::message::AuthorKind;
use domain::row;

use crate::graphql::link::Link;
use crate::graphql::operation::operation;

/// Who wrote a message.
#[derive(Interface)]
#[graphql(field(name = "kind", ty = "MessageAuthorKind", desc = "Which kind of author this is."))]
pub enum MessageAuthor {
    /// The customer.
    Customer(CustomerAuthor),
    /// The bot.
    Bot(BotAuthor),
    /// A member.
    Agent(AgentAuthor),
    /// Somebody with the company's phone.
    BusinessApp(BusinessAppAuthor),
    /// Meta.
    System(SystemAuthor),
}

/// The kinds of authors.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "AuthorKind")]
pub enum MessageAuthorKind {
    /// The customer.
    Customer,
    /// The bot, or a workflow.
    Bot,
    /// A member of the workspace, here.
    Agent,
    /// Somebody in the WhatsApp Business app on the company's phone.
    BusinessApp,
    /// Meta, with a notice.
    System,
}

impl MessageAuthor {
    pub(super) fn of(row: &row::Message, kind: AuthorKind) -> Self {
        match kind {
            AuthorKind::Customer => {
                Self::Customer(CustomerAuthor { conversation: ConversationId(row.conversation_id) })
            }
            AuthorKind::Bot => Self::Bot(BotAuthor { turn: row.turn_id.map(TurnId) }),
            AuthorKind::Agent => Self::Agent(AgentAuthor {
                member: row.member_id.map(MemberId),
                token: row.api_token_id.map(ApiTokenId),
            }),
            AuthorKind::BusinessApp => Self::BusinessApp(BusinessAppAuthor),
            AuthorKind::System => Self::System(SystemAuthor),
        }
    }
}

/// The customer wrote.
pub struct CustomerAuthor {
    conversation: ConversationId,
}

/// The customer wrote.
#[Object]
impl CustomerAuthor {
    /// Always CUSTOMER.
    async fn kind(&self) -> MessageAuthorKind {
        MessageAuthorKind::Customer
    }

    /// The customer.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Link<ContactId>> {
        let conversation = operation(ctx).named(self.conversation).await?;
        Ok(Link(ContactId(conversation.contact_id)))
    }
}

/// The bot wrote.
pub struct BotAuthor {
    turn: Option<TurnId>,
}

/// The bot wrote, or a workflow.
#[Object]
impl BotAuthor {
    /// Always BOT.
    async fn kind(&self) -> MessageAuthorKind {
        MessageAuthorKind::Bot
    }

    /// The turn in which it answered; null for what a workflow sends.
    async fn turn(&self) -> Option<Link<TurnId>> {
        self.turn.map(Link)
    }
}

/// A member wrote.
pub struct AgentAuthor {
    member: Option<MemberId>,
    token: Option<ApiTokenId>,
}

/// A member of the workspace wrote, here.
#[Object]
impl AgentAuthor {
    /// Always AGENT.
    async fn kind(&self) -> MessageAuthorKind {
        MessageAuthorKind::Agent
    }

    /// The member; null if they are no longer known.
    async fn member(&self) -> Option<Link<MemberId>> {
        self.member.map(Link)
    }

    /// The name of the API token through which the member wrote; null if they had signed in.
    async fn via_token(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match self.token {
            Some(id) => Ok(operation(ctx).find(id).await?.map(|token| token.name)),
            None => Ok(None),
        }
    }
}

/// The phone app.
pub struct BusinessAppAuthor;

/// Somebody wrote in the WhatsApp Business app on the company's phone; Meta does not tell who.
#[Object]
impl BusinessAppAuthor {
    /// Always BUSINESS_APP.
    async fn kind(&self) -> MessageAuthorKind {
        MessageAuthorKind::BusinessApp
    }
}

/// Meta.
pub struct SystemAuthor;

/// Meta left a notice.
#[Object]
impl SystemAuthor {
    /// Always SYSTEM.
    async fn kind(&self) -> MessageAuthorKind {
        MessageAuthorKind::System
    }
}

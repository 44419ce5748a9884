//! Who acts: a member of one workspace, perhaps through a token.

use crate::error::{Corrupt, Error, Result};
use crate::id::{ApiTokenId, MemberId, WorkspaceId};

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads and talks to customers.
    Member,
    /// Also channels, widgets, knowledge, team, tokens.
    Admin,
    /// Also ownership.
    Owner,
}

impl Role {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "MEMBER",
            Self::Admin => "ADMIN",
            Self::Owner => "OWNER",
        }
    }

    /// Reads the stored role of member `id`.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(text: &str, id: impl ToString) -> Result<Self, Corrupt> {
        match text {
            "MEMBER" => Ok(Self::Member),
            "ADMIN" => Ok(Self::Admin),
            "OWNER" => Ok(Self::Owner),
            other => Err(Corrupt { table: "member", id: id.to_string(), what: format!("role {other}") }),
        }
    }
}

/// A member of one workspace who acts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The only workspace that this actor can see.
    pub workspace: WorkspaceId,
    /// Who.
    pub member: MemberId,
    /// What they may do.
    pub role: Role,
    /// Through which credential, if not by a sign-in.
    pub token: Option<ApiTokenId>,
}

impl Actor {
    /// Passes admins and owners.
    ///
    /// # Errors
    /// [`Error::Denied`] for a plain member.
    pub fn must_administer(&self) -> Result<()> {
        if self.role >= Role::Admin { Ok(()) } else { Err(Error::Denied) }
    }
}

//! Access tokens: the code of Embedded Signup becomes one, and Meta tells what one may do.

use chrono::{DateTime, Utc};

use super::call::lost;
use super::{CallError, Graph};
use crate::lenient::Node;

/// A code became a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchanged {
    /// The token: a secret.
    pub access_token: String,
    /// How long it holds, in seconds; None for one that does not expire.
    pub expires_in: Option<i64>,
}

impl std::fmt::Debug for Exchanged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchanged").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What Meta knows about a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenInfo {
    /// Whether it still works.
    pub is_valid: bool,
    /// The Meta app that it was made for.
    pub app_id: Option<String>,
    /// When it ends; None for one that does not expire.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it may do, such as `whatsapp_business_messaging`.
    pub scopes: Vec<String>,
}

impl Graph {
    /// Exchanges the code that Embedded Signup gave to the browser; it holds for about half a minute, once.
    ///
    /// # Errors
    /// [`CallError`]; refused when the code was used or is too old.
    pub async fn exchange_code(
        &self,
        app_id: &str,
        app_secret: &str,
        code: &str,
    ) -> Result<Exchanged, CallError> {
        let parameters = [("client_id", app_id), ("client_secret", app_secret), ("code", code)];
        let answer = self.get_without_token("oauth/access_token", &parameters).await?;
        let node = Node::of(&answer);
        let access_token =
            node.text("access_token").ok_or_else(|| lost("an exchange without a token", Some(200)))?;
        Ok(Exchanged { access_token, expires_in: node.integer("expires_in").filter(|seconds| *seconds > 0) })
    }

    /// Asks what the token itself is good for.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn debug_token(&self, token: &str) -> Result<TokenInfo, CallError> {
        let answer = self.get_with(token, "debug_token", &[("input_token", token)]).await?;
        let data = Node::of(&answer).node("data");
        Ok(TokenInfo {
            is_valid: data.flag("is_valid").unwrap_or(false),
            app_id: data.text("app_id"),
            // 0 stands for never.
            expires_at: data.time("expires_at"),
            scopes: data.list("scopes").filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
        })
    }
}

//! Looking up a phone number and the owner of its account.

use serde_json::Value;

use super::call::lost;
use super::{CallError, Graph};
use crate::lenient::Node;

/// What Meta knows about a business's number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneNumber {
    /// Meta's id.
    pub id: String,
    /// The number as people read it.
    pub display_phone_number: Option<String>,
    /// The name that Meta verified.
    pub verified_name: Option<String>,
    /// For example `CONNECTED`.
    pub status: Option<String>,
    /// For example `CLOUD_API`.
    pub platform_type: Option<String>,
    /// Whether the WhatsApp Business app uses it too.
    pub is_on_biz_app: Option<bool>,
    /// `GREEN`, `YELLOW` or `RED`.
    pub quality_rating: Option<String>,
}

const FIELDS: &str =
    "id,display_phone_number,verified_name,status,platform_type,is_on_biz_app,quality_rating";

impl Graph {
    /// Reads a number that the token may see.
    ///
    /// # Errors
    /// [`CallError`]; a token that may not see it is refused with code 100 and subcode 33, or 190.
    pub async fn phone_number(&self, token: &str, phone_number_id: &str) -> Result<PhoneNumber, CallError> {
        let answer = self.get(token, &format!("{phone_number_id}?fields={FIELDS}")).await?;
        read(&answer).ok_or_else(|| lost("a number without an id", Some(200)))
    }

    /// Reads the numbers of an account.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn phone_numbers(&self, token: &str, waba_id: &str) -> Result<Vec<PhoneNumber>, CallError> {
        let answer = self.get(token, &format!("{waba_id}/phone_numbers?fields={FIELDS}")).await?;
        Ok(Node::of(&answer).list("data").filter_map(read).collect())
    }

    /// The Meta business that owns an account: the portfolio within which user ids hold. None where Meta
    /// does not tell.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn owner_business(&self, token: &str, waba_id: &str) -> Result<Option<String>, CallError> {
        let answer = self.get(token, &format!("{waba_id}?fields=owner_business_info")).await?;
        Ok(Node::of(&answer).node("owner_business_info").text("id"))
    }
}

fn read(answer: &Value) -> Option<PhoneNumber> {
    let node = Node::of(answer);
    Some(PhoneNumber {
        id: node.text("id")?,
        display_phone_number: node.text("display_phone_number"),
        verified_name: node.text("verified_name"),
        status: node.text("status"),
        platform_type: node.text("platform_type"),
        is_on_biz_app: node.flag("is_on_biz_app"),
        quality_rating: node.text("quality_rating"),
    })
}

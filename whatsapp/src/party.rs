//! Who a payload names: by phone, by business-scoped user id (BSUID), or by both.

use serde::{Deserialize, Serialize};

use crate::lenient::Node;

/// The names of one person. At least one is present in a payload that names somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The phone number, digits only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// The BSUID, valid within one Meta business portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The BSUID in the parent portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<String>,
}

impl Party {
    /// Reads three fields. Some providers put the BSUID where the phone belongs: it is recognised.
    pub(crate) fn read(node: Node<'_>, phone: &str, user: &str, parent: &str) -> Self {
        // Bounded, since they become keys.
        let bounded = |field: &str| node.text(field).map(|id| id.chars().take(140).collect::<String>());
        let mut party = Self { wa_id: None, user_id: bounded(user), parent_user_id: bounded(parent) };
        if let Some(given) = node.text(phone) {
            if let Some(digits) = node.phone(phone) {
                party.wa_id = Some(digits);
            } else if is_user_id(&given) {
                party.user_id.get_or_insert(given);
            } else {
                // Neither: an odd name still names somebody. Bounded, since it becomes a key.
                party.wa_id = Some(given.chars().take(140).collect());
            }
        }
        party
    }

    /// Whether nobody is named.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.wa_id.is_none() && self.user_id.is_none()
    }

    /// The name that decides: the BSUID if there is one, else the phone.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.user_id.as_deref().or(self.wa_id.as_deref())
    }

    /// Whether both name the same person by some name.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        same(&self.wa_id, &other.wa_id) || same(&self.user_id, &other.user_id)
    }

    /// Adds the names that only `other` knows.
    pub(crate) fn complete(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.wa_id, &other.wa_id),
            (&mut self.user_id, &other.user_id),
            (&mut self.parent_user_id, &other.parent_user_id),
        ] {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
    }
}

/// `CC.` and 1 to 128 letters or digits; a parent's has `ENT.` between.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_user_id_in_the_phone_s_place_is_recognised() {
        let value = json!({"from": "US.12ab", "from_user_id": ""});
        let party = Party::read(Node::of(&value), "from", "from_user_id", "p");
        assert_eq!(party, Party { user_id: Some("US.12ab".into()), ..Party::default() });
    }

    #[test]
    fn a_phone_loses_its_plus_and_spaces() {
        let value = json!({"to": "+1 631-555-8151"});
        assert_eq!(Party::read(Node::of(&value), "to", "u", "p").wa_id.as_deref(), Some("16315558151"));
    }
}

//! What a person can do on a phone, and how Meta writes it.

use serde::Deserialize;
use serde_json::{Value, json};

/// A message, or a change of an earlier one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A plain text.
    Text(String),
    /// A text that quotes a message.
    Reply {
        /// The quoted message.
        to: String,
        /// The text.
        text: String,
    },
    /// A reply button that was pressed.
    Button {
        /// The message that showed the button.
        to: String,
        /// The button's id.
        id: String,
        /// The button's title.
        title: String,
    },
    /// A reaction; without an emoji it is taken away.
    Reaction {
        /// The message reacted to.
        to: String,
        /// The emoji.
        emoji: Option<String>,
    },
    /// A new text for an earlier message.
    Edit {
        /// The edited message.
        of: String,
        /// Its new text.
        text: String,
    },
    /// An earlier message deleted for everyone.
    Revoke {
        /// The deleted message.
        of: String,
    },
    /// Any other type with its own node, written as it is: media, locations, unknown kinds.
    Other {
        /// The type, also the node's name.
        kind: String,
        /// The node.
        node: Value,
    },
}

impl Content {
    /// The text that a phone shows.
    pub(crate) fn text(&self) -> &str {
        match self {
            Content::Text(text) | Content::Reply { text, .. } | Content::Edit { text, .. } => text,
            Content::Button { title, .. } => title,
            Content::Other { node, .. } => node["caption"].as_str().unwrap_or_default(),
            Content::Reaction { .. } | Content::Revoke { .. } => "",
        }
    }

    /// The message that this changes.
    pub(crate) fn target(&self) -> Option<&str> {
        match self {
            Content::Reaction { to, .. } => Some(to),
            Content::Edit { of, .. } | Content::Revoke { of } => Some(of),
            Content::Text(_) | Content::Reply { .. } | Content::Button { .. } | Content::Other { .. } => None,
        }
    }

    /// The message that this quotes.
    pub(crate) fn quotes(&self) -> Option<&str> {
        match self {
            Content::Reply { to, .. } | Content::Button { to, .. } => Some(to),
            Content::Text(_)
            | Content::Reaction { .. }
            | Content::Edit { .. }
            | Content::Revoke { .. }
            | Content::Other { .. } => None,
        }
    }

    /// The type and the node named after it.
    pub(crate) fn node(&self) -> (&str, Value) {
        match self {
            Content::Text(text) | Content::Reply { text, .. } => ("text", json!({ "body": text })),
            Content::Button { id, title, .. } => {
                ("interactive", json!({"type": "button_reply", "button_reply": {"id": id, "title": title}}))
            }
            Content::Reaction { to, emoji: Some(emoji) } => {
                ("reaction", json!({"message_id": to, "emoji": emoji}))
            }
            Content::Reaction { to, emoji: None } => ("reaction", json!({ "message_id": to })),
            Content::Edit { of, text } => (
                "edit",
                json!({"original_message_id": of, "message": {"type": "text", "text": {"body": text}}}),
            ),
            Content::Revoke { of } => ("revoke", json!({ "original_message_id": of })),
            Content::Other { kind, node } => (kind, node.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_target_and_a_reply_its_quote() {
        let edit = Content::Edit { of: "wamid.A".into(), text: "new".into() };
        assert_eq!((edit.target(), edit.quotes(), edit.text()), (Some("wamid.A"), None, "new"));
        assert_eq!(edit.node().1["message"]["text"]["body"], "new");
        let reply = Content::Reply { to: "wamid.B".into(), text: "hi".into() };
        assert_eq!((reply.target(), reply.quotes(), reply.node().0), (None, Some("wamid.B"), "text"));
        let gone = Content::Reaction { to: "wamid.C".into(), emoji: None };
        assert!(gone.node().1.get("emoji").is_none());
    }
}

//! What a message holds, whoever wrote it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient::Node;

/// The content of a message or an echo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// A written text.
    Text {
        /// What was written.
        body: String,
    },
    /// An image, video, audio, document or sticker; the content stays with Meta.
    Media(Media),
    /// A place.
    Location {
        /// Degrees.
        latitude: Option<f64>,
        /// Degrees.
        longitude: Option<f64>,
        /// Its name.
        name: Option<String>,
        /// Its address.
        address: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// The names on them.
        names: Vec<String>,
    },
    /// A button or a list row was chosen.
    Reply {
        /// Its id, chosen by the business.
        id: Option<String>,
        /// Its text, which the customer saw.
        title: String,
        /// A list row's second line.
        description: Option<String>,
    },
    /// A flow was filled in.
    Flow {
        /// The flow's name.
        name: Option<String>,
        /// A line for people.
        summary: Option<String>,
        /// JSON text from the customer's app; may be no JSON at all.
        response_json: Option<String>,
    },
    /// Products were ordered.
    Order {
        /// What the customer wrote with it.
        text: Option<String>,
        /// How many different products.
        items: u32,
    },
    /// An emoji on another message; none takes it away.
    Reaction {
        /// The other message.
        message_id: String,
        /// The emoji.
        emoji: Option<String>,
    },
    /// Another message now reads like this.
    Edit {
        /// The other message.
        original_message_id: String,
        /// Its new content.
        body: Box<Body>,
    },
    /// Another message was taken back.
    Revoke {
        /// The other message.
        original_message_id: String,
    },
    /// A notice of Meta's, such as a changed number.
    System {
        /// Which.
        notice: Option<String>,
        /// For people.
        text: Option<String>,
        /// The phone number that Meta knows now, digits only; a new one in a notice of a changed number.
        new_wa_id: Option<String>,
        /// The new BSUID.
        new_user_id: Option<String>,
    },
    /// The customer opened the chat for the first time.
    RequestWelcome,
    /// The customer allowed or refused calls.
    CallPermission {
        /// What they chose.
        response: Option<String>,
    },
    /// Something that Meta does not hand on.
    Unsupported {
        /// Meta's error code: 131051, or 131060 for content that comes later with the same id.
        code: Option<i64>,
        /// What kind it was.
        unsupported_kind: Option<String>,
    },
    /// A type that this crate does not know.
    Unknown {
        /// Its name.
        type_name: String,
    },
}

/// A file that stays with Meta.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub media: String,
    /// Meta's id of the file.
    pub id: Option<String>,
    /// Its type.
    pub mime_type: Option<String>,
    /// What was written under it.
    pub caption: Option<String>,
    /// A document's name.
    pub filename: Option<String>,
    /// The SHA-256 of its content, in base64 (in hex from older numbers).
    #[serde(default)]
    pub sha256: Option<String>,
    /// Where it can be fetched with the access token, for a few minutes; Meta gives it to some.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether it is a voice note.
    #[serde(default)]
    pub voice: bool,
    /// Whether it is a moving sticker.
    #[serde(default)]
    pub animated: bool,
}

impl Body {
    /// Reads the content of a message node; every odd shape becomes [`Body::Unknown`].
    pub(crate) fn read(node: Node<'_>) -> Self {
        Self::read_within(node, 0)
    }

    fn read_within(node: Node<'_>, depth: u8) -> Self {
        let type_name = node.text("type").unwrap_or_else(|| "unknown".into());
        let unknown = || Self::Unknown { type_name: type_name.chars().take(64).collect() };
        let content = node.node(&type_name);
        match type_name.as_str() {
            "text" => content.prose("body").map_or_else(unknown, |body| Self::Text { body }),
            "image" | "video" | "audio" | "document" | "sticker" => Self::Media(Media {
                media: type_name.clone(),
                id: content.text("id"),
                mime_type: content.text("mime_type"),
                caption: content.text("caption"),
                filename: content.text("filename"),
                sha256: content.text("sha256"),
                url: content.text("url"),
                voice: content.flag("voice").unwrap_or(false),
                animated: content.flag("animated").unwrap_or(false),
            }),
            "location" => Self::Location {
                latitude: content.number("latitude"),
                longitude: content.number("longitude"),
                name: content.text("name"),
                address: content.text("address"),
            },
            "contacts" => Self::Contacts {
                names: node
                    .list("contacts")
                    .filter_map(|card| Node::of(card).node("name").text("formatted_name"))
                    .collect(),
            },
            "button" => content.text("text").map_or_else(unknown, |title| Self::Reply {
                id: content.text("payload"),
                title,
                description: None,
            }),
            "interactive" => interactive(content).unwrap_or_else(unknown),
            "order" => Self::Order {
                text: content.text("text"),
                items: u32::try_from(content.list("product_items").count()).unwrap_or(u32::MAX),
            },
            "reaction" => content.text("message_id").map_or_else(unknown, |message_id| Self::Reaction {
                message_id,
                emoji: content.text("emoji"),
            }),
            "edit" => match content.text("original_message_id") {
                // An edit of an edit does not exist; refusing to nest keeps the stack flat.
                Some(original_message_id) if depth == 0 => {
                    let body = Box::new(Self::read_within(content.node("message"), depth + 1));
                    Self::Edit { original_message_id, body }
                }
                _ => unknown(),
            },
            "revoke" => content
                .text("original_message_id")
                .map_or_else(unknown, |original_message_id| Self::Revoke { original_message_id }),
            "system" => Self::System {
                notice: content.text("type"),
                text: content.text("body"),
                new_wa_id: content.phone("new_wa_id").or_else(|| content.phone("wa_id")),
                new_user_id: content.text("user_id"),
            },
            "request_welcome" => Self::RequestWelcome,
            "unsupported" | "unknown" if node.get("errors").is_some() || type_name == "unsupported" => {
                Self::Unsupported {
                    code: node.list("errors").find_map(|error| Node::of(error).integer("code")),
                    unsupported_kind: content.text("type"),
                }
            }
            _ => unknown(),
        }
    }

    /// The kind in one word, for filtering and showing.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text { .. } => "text",
            Self::Media(media) => &media.media,
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Reply { .. } => "reply",
            Self::Flow { .. } => "flow",
            Self::Order { .. } => "order",
            Self::Reaction { .. } => "reaction",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::System { .. } => "system",
            Self::RequestWelcome => "request_welcome",
            Self::CallPermission { .. } => "call_permission",
            Self::Unsupported { .. } => "unsupported",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// What a person wrote or chose: the text, the caption, the title of a reply, the words of an order.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { body } => Some(body),
            Self::Media(media) => media.caption.as_deref(),
            Self::Reply { title, .. } => Some(title),
            Self::Order { text, .. } => text.as_deref(),
            Self::Flow { summary, .. } => summary.as_deref(),
            Self::Edit { body, .. } => body.text(),
            Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. }
            | Self::Revoke { .. }
            | Self::System { .. }
            | Self::RequestWelcome
            | Self::CallPermission { .. }
            | Self::Unsupported { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// The message that this one changes.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Reaction { message_id, .. } => Some(message_id),
            Self::Edit { original_message_id, .. } | Self::Revoke { original_message_id } => {
                Some(original_message_id)
            }
            _ => None,
        }
    }
}

fn interactive(node: Node<'_>) -> Option<Body> {
    let kind = node.text("type")?;
    let content = node.node(&kind);
    match kind.as_str() {
        "button_reply" | "list_reply" => Some(Body::Reply {
            id: content.text("id"),
            title: content.text("title")?,
            description: content.text("description"),
        }),
        "nfm_reply" => Some(Body::Flow {
            name: content.text("name"),
            summary: content.text("body"),
            response_json: match content.get("response_json") {
                Some(Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
                None => None,
            },
        }),
        "call_permission_reply" => Some(Body::CallPermission { response: content.text("response") }),
        _ => None,
    }
}

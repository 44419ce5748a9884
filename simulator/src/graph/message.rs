//! Reads the body of `POST /messages` into what is to be done, or into the error that Meta gives.
//!
//! Invariant: nothing is sent that this file did not find valid.

use serde_json::Value;

use crate::{customer, fault::Fault};

const TEXT: usize = 4096;
const REFERENCE: usize = 512;

/// What a caller wants.
#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    /// Mark a message as read, perhaps show "typing".
    Read { message_id: String, typing: bool },
    /// Send a message.
    Send(To),
}

/// Whom to send to; the phone number wins.
#[derive(Debug, PartialEq)]
pub(crate) enum To {
    Phone(String),
    UserId(String),
}

pub(crate) fn read(body: &Value) -> Result<Wish, Fault> {
    if body["messaging_product"] != "whatsapp" {
        return Err(required("messaging_product"));
    }
    if let Some(status) = given(&body["status"]) {
        let message_id = body["message_id"].as_str().filter(|id| !id.is_empty());
        return match (status.as_str(), message_id) {
            (Some("read"), Some(id)) => {
                Ok(Wish::Read { message_id: id.into(), typing: body["typing_indicator"].is_object() })
            }
            (Some("read"), None) => Err(required("message_id")),
            _ => Err(value("Param status must be one of {READ}")),
        };
    }
    let to = to(body)?;
    reference(&body["biz_opaque_callback_data"])?;
    if let Some(context) = given(&body["context"])
        && !context["message_id"].is_string()
    {
        return Err(required("context['message_id']"));
    }
    match body["type"].as_str().unwrap_or("text") {
        "text" => length(&body["text"]["body"], "text['body']", TEXT)?,
        "interactive" => interactive(&body["interactive"])?,
        "template" => {
            return Err(Fault::new(404, 132_001, "Template name does not exist in the translation")
                .details("the simulator has no templates"));
        }
        kind @ ("image" | "video" | "audio" | "document" | "sticker" | "location" | "contacts"
        | "reaction") => {
            return Err(value(&format!("the simulator does not send messages of type {kind}")));
        }
        kind => {
            let message = format!("Param type must be one of {{TEXT, INTERACTIVE, ..}} - got \"{kind}\".");
            return Err(Fault::parameter(&message).details(&message));
        }
    }
    Ok(Wish::Send(to))
}

fn to(body: &Value) -> Result<To, Fault> {
    if let Some(to) = given(&body["to"]) {
        let digits = match to {
            Value::String(to) => customer::digits(to),
            Value::Number(to) => to.to_string(),
            _ => String::new(),
        };
        return match digits.len() {
            5..=20 => Ok(To::Phone(digits)),
            _ => Err(value("Param to is not a valid phone number")),
        };
    }
    match given(&body["recipient"]) {
        None => Err(required("to")),
        Some(id) => match id.as_str().filter(|id| is_user_id(id)) {
            Some(id) => Ok(To::UserId(id.into())),
            None => Err(value("Param recipient is not a valid business-scoped user id")),
        },
    }
}

/// `US.1234`, `US.ENT.1234`.
fn is_user_id(id: &str) -> bool {
    let Some((country, rest)) = id.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.chars().all(|c| c.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.chars().all(|c| c.is_ascii_alphanumeric())
}

fn reference(data: &Value) -> Result<(), Fault> {
    match given(data) {
        None => Ok(()),
        Some(Value::String(data)) if data.chars().count() <= REFERENCE => Ok(()),
        Some(_) => Err(too_long("biz_opaque_callback_data", REFERENCE)),
    }
}

fn interactive(node: &Value) -> Result<(), Fault> {
    let kind = node["type"].as_str().unwrap_or_default();
    match kind {
        "button" => {
            length(&node["body"]["text"], "interactive['body']['text']", 1024)?;
            let buttons = node["action"]["buttons"].as_array().map_or(&[][..], Vec::as_slice);
            if !(1..=3).contains(&buttons.len()) {
                return Err(value("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"));
            }
            for button in buttons {
                length(&button["reply"]["id"], "interactive['action']['buttons'][..]['reply']['id']", 256)?;
                length(
                    &button["reply"]["title"],
                    "interactive['action']['buttons'][..]['reply']['title']",
                    20,
                )?;
            }
            Ok(())
        }
        "list" => {
            length(&node["body"]["text"], "interactive['body']['text']", TEXT)?;
            length(&node["action"]["button"], "interactive['action']['button']", 20)?;
            let sections = node["action"]["sections"].as_array().map_or(&[][..], Vec::as_slice);
            let rows: usize = sections.iter().filter_map(|s| s["rows"].as_array()).map(Vec::len).sum();
            if (1..=10).contains(&rows) {
                Ok(())
            } else {
                Err(value("Total row count exceed max allowed count: 10"))
            }
        }
        kind => Err(value(&format!("the simulator does not send interactive messages of type \"{kind}\""))),
    }
}

fn length(text: &Value, name: &str, most: usize) -> Result<(), Fault> {
    match text.as_str() {
        None | Some("") => Err(required(name)),
        Some(text) if text.chars().count() > most => Err(too_long(name, most)),
        Some(_) => Ok(()),
    }
}

/// Null counts as absent.
fn given(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

fn required(name: &str) -> Fault {
    let message = format!("The parameter {name} is required.");
    Fault::parameter(&message).details(&message)
}

fn too_long(name: &str, most: usize) -> Fault {
    let message = format!("Param {name} must be at most {most} characters long.");
    Fault::parameter(&message).details(&message)
}

fn value(details: &str) -> Fault {
    Fault::new(400, 131_009, "Parameter value is not valid").details(details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(body: &str) -> Value {
        json!({"messaging_product": "whatsapp", "to": "+1 650 555 1234", "type": "text", "text": {"body": body}})
    }

    #[test]
    fn a_text_has_one_to_4096_characters() {
        assert_eq!(read(&text("字")), Ok(Wish::Send(To::Phone("16505551234".into()))));
        assert!(read(&text(&"字".repeat(4096))).is_ok());
        assert_eq!(read(&text(&"字".repeat(4097))).unwrap_err().code, 100);
        assert_eq!(read(&text("")).unwrap_err().code, 100);
    }

    #[test]
    fn the_phone_wins_and_a_user_id_will_do() {
        let mut body = text("hi");
        body["recipient"] = json!("US.1");
        assert_eq!(read(&body), Ok(Wish::Send(To::Phone("16505551234".into()))));
        body["to"] = Value::Null;
        assert_eq!(read(&body), Ok(Wish::Send(To::UserId("US.1".into()))));
        body["recipient"] = json!("nobody");
        assert_eq!(read(&body).unwrap_err().code, 131_009);
        body["recipient"] = Value::Null;
        assert_eq!(read(&body).unwrap_err().code, 100);
    }

    #[test]
    fn references_buttons_and_kinds_are_checked() {
        let mut body = text("hi");
        body["biz_opaque_callback_data"] = json!("r".repeat(513));
        assert_eq!(read(&body).unwrap_err().code, 100);
        body = text("");
        body["type"] = json!("interactive");
        body["interactive"] = json!({"type": "button", "body": {"text": "pick"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}});
        assert!(read(&body).is_ok());
        body["interactive"]["action"]["buttons"] = json!([]);
        assert_eq!(read(&body).unwrap_err().code, 131_009);
        body["type"] = json!("image");
        assert_eq!(read(&body).unwrap_err().code, 131_009);
        body["type"] = json!("template");
        assert_eq!(read(&body).unwrap_err().code, 132_001);
        body["type"] = json!("telepathy");
        assert_eq!(read(&body).unwrap_err().code, 100);
    }

    #[test]
    fn receipts_and_nonsense_are_told_apart() {
        let read_it = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X",
            "typing_indicator": {"type": "text"}});
        assert_eq!(read(&read_it), Ok(Wish::Read { message_id: "wamid.X".into(), typing: true }));
        for odd in [json!(null), json!([]), json!(7), json!({"messaging_product": "whatsapp", "to": {}})] {
            assert!(read(&odd).is_err(), "{odd}");
        }
    }
}

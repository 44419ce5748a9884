//! Several elements in one body, in each of the ways that Meta bundles them: more entries, more
//! changes in an entry, more elements in a change.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Update;
use crate::dice::Dice;

/// The lists of a value that can hold more than one element.
const LISTS: [&str; 3] = ["messages", "message_echoes", "statuses"];

/// One body with all updates, in order.
pub(crate) fn body(updates: &[Update], dice: &Dice, at: DateTime<Utc>) -> Value {
    let mut entries: Vec<Value> = Vec::new();
    for update in updates {
        let change = json!({"field": update.field, "value": update.value});
        let way = if updates.len() == 1 { 0 } else { dice.below(3) };
        let Some(entry) = entries.last_mut().filter(|entry| way > 0 && entry["id"] == update.waba.as_str())
        else {
            let mut entry = json!({"id": update.waba, "changes": [change]});
            if update.field == "account_update" {
                entry["time"] = at.timestamp().into();
            }
            entries.push(entry);
            continue;
        };
        let Some(changes) = entry["changes"].as_array_mut() else { continue };
        let last = changes.last_mut().filter(|last| way == 2 && last["field"] == update.field.as_str());
        if !last.is_some_and(|last| join(&mut last["value"], &update.value)) {
            changes.push(change);
        }
    }
    json!({"object": "whatsapp_business_account", "entry": entries})
}

/// Puts the elements of `more` behind those of `value`, when both are of one number and one list.
fn join(value: &mut Value, more: &Value) -> bool {
    let Some(list) = LISTS.into_iter().find(|list| more[*list].is_array()) else { return false };
    if value["metadata"] != more["metadata"] || !value[list].is_array() {
        return false;
    }
    append(value, more, list);
    append(value, more, "contacts");
    true
}

fn append(value: &mut Value, more: &Value, list: &str) {
    let Some(new) = more[list].as_array() else { return };
    if !value[list].is_array() {
        value[list] = json!([]);
    }
    let Some(old) = value[list].as_array_mut() else { return };
    for element in new {
        // Each person once; readers have to join them by id anyway.
        if list != "contacts" || !old.contains(element) {
            old.push(element.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(id: &str, person: &str) -> Value {
        json!({"metadata": {"phone_number_id": "1"}, "contacts": [{"user_id": person}], "messages": [{"id": id}]})
    }

    #[test]
    fn joined_values_keep_every_element_and_each_person_once() {
        let mut joined = value("a", "x");
        assert!(join(&mut joined, &value("b", "x")));
        assert!(join(&mut joined, &value("c", "y")));
        assert_eq!(joined["messages"].as_array().unwrap().len(), 3);
        assert_eq!(joined["contacts"].as_array().unwrap().len(), 2);
        let mut other = value("d", "x");
        other["metadata"]["phone_number_id"] = json!("2");
        assert!(!join(&mut joined, &other));
        assert!(!join(&mut joined, &json!({"event": "ACCOUNT_OFFBOARDED"})));
    }
}

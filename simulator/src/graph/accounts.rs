//! Subscriptions, synchronisation, and the tokens of the signup dialogue.

use serde_json::{Value, json};

use super::request::{Request, Verb};
use crate::{fault::Fault, lock::lock, payload, world::Simulator};

/// `GET|POST|DELETE /{account}/subscribed_apps`. An override of the callback is not followed: the
/// only address that the simulator calls is the configured one.
pub(crate) fn subscribed_apps(
    simulator: &Simulator,
    id: &str,
    verb: Verb,
    request: &Request,
) -> Result<Value, Fault> {
    let numbers = request.account(simulator, id)?;
    let mut accounts = lock(&simulator.world.accounts);
    match verb {
        Verb::Get if accounts.unsubscribed.contains(id) => return Ok(json!({ "data": [] })),
        Verb::Get => {
            let name = numbers.first().map_or("", |number| number.app.as_str());
            let app = json!({"id": app_id(name), "name": name, "link": "https://www.facebook.com/games/"});
            return Ok(json!({"data": [{ "whatsapp_business_api_data": app }]}));
        }
        Verb::Post => accounts.unsubscribed.remove(id),
        Verb::Delete => accounts.unsubscribed.insert(id.to_owned()),
        Verb::Other => return Err(Fault::no_object(id, verb.name())),
    };
    Ok(json!({ "success": true }))
}

/// `POST /{phone_number_id}/smb_app_data`: the address book follows as a webhook; there is no history.
pub(crate) fn sync(simulator: &Simulator, id: &str, request: &Request) -> Result<Value, Fault> {
    let number = request.number(simulator, id)?;
    let kind = request.json.as_ref().and_then(|body| body["sync_type"].as_str());
    match kind {
        Some("smb_app_state_sync") => {
            let customers: Vec<_> = simulator.threads(id).into_iter().map(|(customer, _)| customer).collect();
            if !customers.is_empty() {
                let book = payload::state_sync(&number, &customers, simulator.now());
                simulator.queue(&number, "smb_app_state_sync", book);
            }
        }
        Some("history") => {}
        _ => {
            let message = "Param sync_type must be one of {HISTORY, SMB_APP_STATE_SYNC}";
            return Err(Fault::parameter(message).details(message));
        }
    }
    Ok(json!({"messaging_product": "whatsapp", "request_id": simulator.world.dice.token(32)}))
}

/// `GET /oauth/access_token`: a code becomes a token, once.
pub(crate) fn exchange(simulator: &Simulator, request: &Request) -> Result<Value, Fault> {
    let parameter = |name: &str| {
        let missing = || Fault::parameter(&format!("Missing {name} parameter."));
        request.parameter(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let (_, secret, code) = (parameter("client_id")?, parameter("client_secret")?, parameter("code")?);
    let mut accounts = lock(&simulator.world.accounts);
    if !accounts.apps.values().any(|app| app.secret == secret) {
        return Err(Fault::new(400, 1, "Error validating client secret."));
    }
    let number = accounts.codes.remove(code).and_then(|id| accounts.numbers.get(&id).cloned());
    match number {
        Some(number) => Ok(json!({"access_token": number.access_token, "token_type": "bearer"})),
        None => Err(Fault::new(400, 100, "This authorization code has been used.").subcode(36_009)),
    }
}

/// `GET /debug_token`: what a token may see.
pub(crate) fn debug_token(simulator: &Simulator, request: &Request) -> Result<Value, Fault> {
    let input = request.parameter("input_token").unwrap_or_default();
    let expired = simulator.settings(|settings| settings.token.is_some());
    let accounts = lock(&simulator.world.accounts);
    let numbers: Vec<_> = accounts.numbers.values().filter(|number| number.access_token == input).collect();
    let mut wabas: Vec<&str> = numbers.iter().map(|number| number.waba_id.as_str()).collect();
    wabas.sort_unstable();
    wabas.dedup();
    let app = numbers.first().map_or("", |number| number.app.as_str());
    let scope = |name: &str| json!({"scope": name, "target_ids": wabas});
    Ok(json!({"data": {
        "app_id": app_id(app), "application": app, "type": "SYSTEM_USER", "expires_at": 0,
        "is_valid": !numbers.is_empty() && !expired,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "granular_scopes": [scope("whatsapp_business_management"), scope("whatsapp_business_messaging")],
    }}))
}

/// A number for an app's name, always the same.
fn app_id(name: &str) -> String {
    let sum = name.bytes().fold(1_000_003_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007);
    format!("67030{sum:010}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_app_keeps_its_id() {
        assert_eq!(super::app_id("default"), super::app_id("default"));
        assert_ne!(super::app_id("a"), super::app_id("b"));
        assert!(super::app_id("轉").chars().all(|c| c.is_ascii_digit()));
    }
}

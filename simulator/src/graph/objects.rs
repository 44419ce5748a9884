//! Numbers and accounts as objects: exactly the fields that were asked for, and the id.

use serde_json::{Map, Value, json};

use super::request::Request;
use crate::{fault::Fault, number::Number, world::Simulator};

/// `GET /{id}` of a number or an account.
pub(crate) fn get(simulator: &Simulator, id: &str, request: &Request) -> Result<Value, Fault> {
    if let Ok(numbers) = request.account(simulator, id)
        && let Some(number) = numbers.first()
    {
        return pick(request, "id,name", number, |name| account_field(number, name));
    }
    let number = request.number(simulator, id)?;
    if simulator.is_offboarded(id) {
        return Err(Fault::no_object(id, "get"));
    }
    pick(request, NUMBER_FIELDS, &number, |name| number_field(simulator, &number, name)).map(|mut object| {
        object["id"] = number.phone_number_id.clone().into();
        object
    })
}

/// `GET /{account}/phone_numbers`.
pub(crate) fn phone_numbers(simulator: &Simulator, id: &str, request: &Request) -> Result<Value, Fault> {
    let mut data = Vec::new();
    for number in request.account(simulator, id)? {
        let mut object =
            pick(request, NUMBER_FIELDS, &number, |name| number_field(simulator, &number, name))?;
        object["id"] = number.phone_number_id.clone().into();
        data.push(object);
    }
    Ok(json!({"data": data, "paging": {"cursors": {"before": "QVFIU", "after": "QVFIV"}}}))
}

const NUMBER_FIELDS: &str =
    "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,id";

fn number_field(simulator: &Simulator, number: &Number, name: &str) -> Option<Value> {
    Some(match name {
        "id" => number.phone_number_id.clone().into(),
        "display_phone_number" => number.display_phone_number.clone().into(),
        "verified_name" => number.verified_name.clone().into(),
        "quality_rating" => "GREEN".into(),
        "status" => simulator.settings(|settings| settings.number_status.clone()).into(),
        "platform_type" => "CLOUD_API".into(),
        "throughput" => json!({ "level": "STANDARD" }),
        "is_on_biz_app" => simulator.settings(|settings| settings.on_business_app).into(),
        "code_verification_status" => "VERIFIED".into(),
        "name_status" => "APPROVED".into(),
        "account_mode" => "LIVE".into(),
        "is_official_business_account" => false.into(),
        "messaging_limit_tier" => "TIER_2K".into(),
        _ => return None,
    })
}

fn account_field(number: &Number, name: &str) -> Option<Value> {
    Some(match name {
        "id" => number.waba_id.clone().into(),
        "name" => number.verified_name.clone().into(),
        "owner_business_info" => json!({"id": number.business_id, "name": number.verified_name}),
        "account_review_status" => "APPROVED".into(),
        "timezone_id" => "1".into(),
        "currency" => "USD".into(),
        _ => return None,
    })
}

fn pick(
    request: &Request,
    default: &str,
    number: &Number,
    field: impl Fn(&str) -> Option<Value>,
) -> Result<Value, Fault> {
    let asked = request.parameter("fields").filter(|fields| !fields.trim().is_empty()).unwrap_or(default);
    let mut object = Map::new();
    object.insert("id".into(), number.waba_id.clone().into());
    for name in names(asked) {
        match field(&name) {
            Some(value) => object.insert(name, value),
            None => return Err(Fault::parameter(&format!("Tried accessing nonexisting field ({name})"))),
        };
    }
    Ok(object.into())
}

/// The names in `a,b{c,d},e.limit(3)`, without what is inside.
fn names(fields: &str) -> Vec<String> {
    let (mut names, mut depth) = (vec![String::new()], 0usize);
    for c in fields.chars() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 && !c.is_whitespace() => {
                if let Some(name) = names.last_mut() {
                    name.push(c);
                }
            }
            _ => {}
        }
    }
    let bare = names.iter().map(|name| name.split('.').next().unwrap_or_default().to_owned());
    bare.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_are_read_by_their_outer_name() {
        assert_eq!(names("id, owner_business_info{id,name},x.limit(3),"), ["id", "owner_business_info", "x"]);
        assert_eq!(names("}},{"), Vec::<String>::new());
    }
}

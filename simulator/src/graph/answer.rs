//! Answers as Meta writes them.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{dice::Dice, escape, fault::Fault};

pub(crate) fn success(value: &Value) -> Response<Body> {
    response(StatusCode::OK, value)
}

pub(crate) fn error(fault: &Fault, dice: &Dice) -> Response<Body> {
    let status = StatusCode::from_u16(fault.http).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = response(status, &envelope(fault, &format!("A{}", dice.token(22))));
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn envelope(fault: &Fault, trace: &str) -> Value {
    let message = match fault.code {
        // Errors of the token carry no number in their message.
        190 => fault.message.clone(),
        code => format!("(#{code}) {}", fault.message),
    };
    let mut error =
        json!({"message": message, "type": "OAuthException", "code": fault.code, "fbtrace_id": trace});
    if let Some(subcode) = fault.subcode {
        error["error_subcode"] = subcode.into();
    }
    if let Some(details) = &fault.details {
        error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
    }
    if fault.transient {
        error["is_transient"] = true.into();
    }
    json!({ "error": error })
}

fn response(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(escape::to_bytes(value)));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_envelope_and_its_header() {
        let fault = Fault::throttled().retry_after(7);
        let value = envelope(&fault, "Atrace");
        assert_eq!(value["error"]["message"], "(#130429) Rate limit hit");
        assert_eq!(value["error"]["fbtrace_id"], "Atrace");
        assert!(value["error"].get("error_subcode").is_none());
        let response = error(&fault, &Dice::new(1));
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (429, &HeaderValue::from(7))
        );
        assert_eq!(error(&Fault::new(7, 1, "x"), &Dice::new(1)).status().as_u16(), 400);
    }
}

//! Meta's errors sorted by what to do next: first by code, then by subcode and HTTP status, never by
//! their titles, which change.

use crate::graph::GraphError;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The phone number sends too fast: pause it, seconds.
    ThrottleNumber,
    /// This customer gets too much: pause the pair, seconds to minutes.
    ThrottlePair,
    /// The account calls too much: pause it, minutes.
    ThrottleAccount,
    /// A passing fault of Meta's: try again, seconds.
    Transient,
    /// The 24 hours are over: a free-form message cannot be sent.
    Window,
    /// This recipient cannot get it; others can.
    Recipient,
    /// The request itself is wrong.
    Payload,
    /// The access token must be renewed: park everything.
    Reauthorize,
    /// The number is not (or no longer) set up: park everything.
    Registration,
    /// The account is restricted: stop automatic sends.
    Integrity,
    /// An unknown code that a repetition will not mend.
    UnknownPermanent,
}

/// Sorts an error. Source: Meta's error code reference and the public incident reports it lacks.
#[must_use]
pub fn classify(error: &GraphError) -> ErrorClass {
    let server_side = error.is_transient || error.http.is_some_and(|status| status >= 500);
    match (error.code, error.subcode) {
        (130_429 | 131_057 | 133_004, _) => ErrorClass::ThrottleNumber,
        (131_056, _) => ErrorClass::ThrottlePair,
        (4 | 80_007 | 613 | 133_016 | 132_069, _) => ErrorClass::ThrottleAccount,
        (2 | 131_000 | 131_016, _) => ErrorClass::Transient,
        (1, _) if server_side => ErrorClass::Transient,
        (131_047 | 470, _) => ErrorClass::Window,
        // 130497 restricts the customer's country; other customers of the number still get theirs.
        (131_026 | 131_030 | 131_021 | 131_062 | 130_472 | 130_497 | 131_049 | 131_050 | 137_000, _) => {
            ErrorClass::Recipient
        }
        (33, _) | (100, Some(33)) => ErrorClass::Registration,
        (133_010 | 131_045 | 133_000 | 133_005 | 133_006 | 133_008 | 133_009 | 133_015 | 131_037, _) => {
            ErrorClass::Registration
        }
        (190 | 0 | 3 | 10 | 200..=299 | 131_005, _) => ErrorClass::Reauthorize,
        (100 | 131_008 | 131_009 | 131_051..=131_053, _) => ErrorClass::Payload,
        (
            132_000 | 132_001 | 132_005 | 132_007 | 132_008 | 132_012 | 132_015 | 132_016 | 132_018 | 132_068
            | 135_000,
            _,
        ) => ErrorClass::Payload,
        (368 | 131_031 | 131_042 | 131_048 | 131_064 | 131_063, _) => ErrorClass::Integrity,
        _ if error.http == Some(401) => ErrorClass::Reauthorize,
        _ if server_side => ErrorClass::Transient,
        _ => ErrorClass::UnknownPermanent,
    }
}

/// A sentence that a person understands, with Meta's code for whoever looks it up.
#[must_use]
pub fn explain(error: &GraphError) -> String {
    let why = match classify(error) {
        ErrorClass::ThrottleNumber => "the phone number sends faster than Meta allows",
        ErrorClass::ThrottlePair => "this customer was sent too many messages in a short time",
        ErrorClass::ThrottleAccount => "the WhatsApp account called Meta too often",
        ErrorClass::Transient => "Meta had a passing fault",
        ErrorClass::Window => "more than 24 hours have passed since the customer's last message",
        ErrorClass::Recipient => "WhatsApp cannot deliver to this customer",
        ErrorClass::Payload => "Meta did not accept the message's content",
        ErrorClass::Reauthorize => "the access token is no longer valid: connect the number again",
        ErrorClass::Registration => "the phone number is not connected at Meta",
        ErrorClass::Integrity => "Meta has restricted the WhatsApp account",
        ErrorClass::UnknownPermanent => "Meta refused the message",
    };
    match error.details.as_deref().or(error.message.as_deref()).or(error.title.as_deref()) {
        Some(details) => format!("{why} (Meta's code {}: {details})", error.code),
        None => format!("{why} (Meta's code {})", error.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: i64) -> GraphError {
        GraphError { code, http: Some(400), ..GraphError::default() }
    }

    #[test]
    fn every_documented_code_has_its_class() {
        use ErrorClass::{
            Integrity, Payload, Reauthorize, Recipient, Registration, ThrottleAccount, ThrottleNumber,
            ThrottlePair, Transient, Window,
        };
        let table: [(ErrorClass, &[i64]); 10] = [
            (ThrottleNumber, &[130429, 131057, 133004]),
            (ThrottlePair, &[131056]),
            (ThrottleAccount, &[4, 80007, 613, 133016, 132069]),
            (Transient, &[2, 131000, 131016]),
            (Window, &[131047, 470]),
            (Recipient, &[131026, 131030, 131021, 131062, 130472, 130497, 131049, 131050, 137000]),
            (
                Payload,
                &[
                    100, 131008, 131009, 131051, 131052, 131053, 132000, 132001, 132005, 132007, 132008,
                    132012, 132015, 132016, 132018, 132068, 135000,
                ],
            ),
            (Reauthorize, &[190, 0, 3, 10, 200, 250, 299, 131005]),
            (Registration, &[33, 133010, 131045, 133000, 133005, 133006, 133008, 133009, 133015, 131037]),
            (Integrity, &[368, 131031, 131042, 131048, 131064, 131063]),
        ];
        for (class, codes) in table {
            for code in codes {
                assert_eq!(classify(&error(*code)), class, "{code}");
            }
        }
    }

    #[test]
    fn what_the_code_leaves_open_the_status_decides() {
        assert_eq!(classify(&GraphError { subcode: Some(33), ..error(100) }), ErrorClass::Registration);
        assert_eq!(classify(&GraphError { http: Some(500), ..error(1) }), ErrorClass::Transient);
        assert_eq!(classify(&error(1)), ErrorClass::UnknownPermanent);
        assert_eq!(classify(&error(999_999)), ErrorClass::UnknownPermanent);
        assert_eq!(classify(&GraphError { http: Some(503), ..error(999_999) }), ErrorClass::Transient);
        assert_eq!(classify(&GraphError { http: Some(401), ..error(999_999) }), ErrorClass::Reauthorize);
    }
}

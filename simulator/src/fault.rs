//! Kinds of trouble: Graph errors, outages, delays.

use std::time::Duration;

/// A stretch of time, drawn anew at each use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delay {
    /// At least this long.
    pub min: Duration,
    /// At most this long.
    pub max: Duration,
}

impl Delay {
    /// At once.
    pub const NONE: Delay = Delay { min: Duration::ZERO, max: Duration::ZERO };

    /// Between two numbers of milliseconds.
    pub const fn millis(min: u64, max: u64) -> Delay {
        Delay { min: Duration::from_millis(min), max: Duration::from_millis(max) }
    }
}

impl From<Duration> for Delay {
    fn from(exactly: Duration) -> Delay {
        Delay { min: exactly, max: exactly }
    }
}

/// How the Graph API is away. It answers nothing at all while one of these is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Nobody listens: connections are refused, so no byte of a request is ever written.
    Refused,
    /// Connections are taken and closed before a byte is read.
    HangUp,
    /// Every request is answered 503 without an error body; a send is not delivered.
    Unavailable,
}

/// An error as the Graph API writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The HTTP status.
    pub http: u16,
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// `error.message`, without the leading `(#code)`.
    pub message: String,
    /// `error.error_data.details`.
    pub details: Option<String>,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u64>,
    /// `error.is_transient`.
    pub transient: bool,
    /// The message is delivered in spite of the error, as 131000 sometimes does.
    pub after_accept: bool,
}

impl Fault {
    /// An error with a code and a message, nothing else.
    pub fn new(http: u16, code: i64, message: &str) -> Fault {
        Fault {
            http,
            code,
            subcode: None,
            message: message.into(),
            details: None,
            retry_after: None,
            transient: false,
            after_accept: false,
        }
    }

    /// With `error_data.details`.
    pub fn details(mut self, details: &str) -> Fault {
        self.details = Some(details.into());
        self
    }

    /// With an `error_subcode`.
    pub fn subcode(mut self, subcode: i64) -> Fault {
        self.subcode = Some(subcode);
        self
    }

    /// With a `Retry-After` header.
    pub fn retry_after(mut self, seconds: u64) -> Fault {
        self.retry_after = Some(seconds);
        self
    }

    /// Delivered all the same.
    pub fn after_accept(mut self) -> Fault {
        self.after_accept = true;
        self
    }

    /// 130429: the number sends too fast.
    pub fn throttled() -> Fault {
        Fault::new(429, 130_429, "Rate limit hit")
            .details("Message failed to send because there were too many messages sent from this phone number in a short period of time")
    }

    /// 131056: too many messages to one customer.
    pub fn pair_throttled() -> Fault {
        Fault::new(400, 131_056, "(Business Account, Consumer Account) pair rate limit hit")
            .details("Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time")
    }

    /// 80007: the account asks too much.
    pub fn account_throttled() -> Fault {
        Fault::new(400, 80_007, "Rate limit issues")
            .details("The WhatsApp Business Account has reached its rate limit")
    }

    /// 190/463: the token has expired.
    pub fn expired_token() -> Fault {
        Fault::new(401, 190, "Error validating access token: Session has expired").subcode(463)
    }

    /// 131016: try again.
    pub fn transient() -> Fault {
        let mut fault = Fault::new(500, 131_016, "Service unavailable").details("Try again later");
        fault.transient = true;
        fault
    }

    /// 131000: something went wrong, and nobody knows whether the message left.
    pub fn unknown() -> Fault {
        Fault::new(500, 131_000, "Something went wrong")
    }

    /// 131047: the customer has not written for 24 hours.
    pub fn window_closed() -> Fault {
        Fault::new(400, 131_047, "Re-engagement message")
            .details("Message failed to send because more than 24 hours have passed since the customer last replied to this number.")
    }

    /// 131026: the message cannot reach this customer.
    pub fn undeliverable() -> Fault {
        Fault::new(400, 131_026, "Message undeliverable").details("Message Undeliverable.")
    }

    /// 133010: the number has left the Cloud API.
    pub fn not_registered() -> Fault {
        Fault::new(400, 133_010, "Account not registered").details(
            "Account does not exist in Cloud API, please use /register API to create an account first",
        )
    }

    /// 100/33: no such object, or none that this token may see.
    pub fn no_object(id: &str, verb: &str) -> Fault {
        Fault::new(
            400,
            100,
            &format!("Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"),
        )
        .subcode(33)
    }

    /// 100: a parameter is missing or wrong.
    pub fn parameter(message: &str) -> Fault {
        Fault::new(400, 100, message)
    }
}

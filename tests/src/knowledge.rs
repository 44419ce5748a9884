//! The documents that test companies answer from.

use domain::document::{self, Kind, NewDocument, NewVersion};
use domain::{Actor, Env};

/// What the bot of a test company says about shipping.
pub const SHIPPING: &str = "Shipping inside the country costs 80 dollars.";
/// A question that it answers.
pub const QUESTION: &str = "How much is shipping?";

/// Adds and activates the three required documents.
pub async fn provide(env: &Env, actor: &Actor) {
    let texts = [
        (Kind::Company, "# About us\n\nWe are a tea shop in the old town. We open at ten in the morning."),
        (Kind::SupportPolicy, "# Returns\n\nUnopened parcels can be returned within 14 days of delivery."),
        (Kind::Faq, "Q: How much is shipping?\nA: Shipping inside the country costs 80 dollars."),
    ];
    for (kind, text) in texts {
        let version = NewVersion { language: "en".into(), text: text.into() };
        let new = NewDocument { kind, title: format!("{kind:?}"), version };
        let (_, version, _) = document::create(env, actor, &new).await.expect("a document");
        document::activate(env, actor, version).await.expect("it becomes active");
    }
}

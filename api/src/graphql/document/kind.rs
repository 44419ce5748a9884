//! What documents are about.

use async_graphql::Enum;
use domain::document::Kind;

/// What a document is about. A workspace has one document of each kind, and as many of OTHER as it wants.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Kind")]
pub enum DocumentKind {
    /// The company and its brand. Needed before a widget is published.
    Company,
    /// How the company helps its customers. Needed before a widget is published.
    SupportPolicy,
    /// Questions that are often asked, with their answers. Needed before a widget is published.
    Faq,
    /// What the bot must not say, and when it must ask for a person.
    Safety,
    /// The products.
    ProductGuide,
    /// How the products are used.
    UserGuide,
    /// What is on offer.
    Promotions,
    /// How customers pay and how goods reach them.
    PaymentDelivery,
    /// Anything else.
    Other,
}

//! What a document is about.
//!
//! Invariant: what is stored is what [`Kind::as_str`] says, and reading it gives the kind back.

use crate::error::Corrupt;

/// What a document is about. One document per kind, except Other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Company & brand; needed before a widget is published.
    Company,
    /// Support policy & procedures; needed before a widget is published.
    SupportPolicy,
    /// Frequently asked questions; needed before a widget is published.
    Faq,
    /// AI safety & handover rules.
    Safety,
    /// Product guide.
    ProductGuide,
    /// User guide.
    UserGuide,
    /// Promotions.
    Promotions,
    /// Payment & delivery.
    PaymentDelivery,
    /// Anything else, as many as wanted.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Company,
        Self::SupportPolicy,
        Self::Faq,
        Self::Safety,
        Self::ProductGuide,
        Self::UserGuide,
        Self::Promotions,
        Self::PaymentDelivery,
        Self::Other,
    ];
    /// What a widget needs before it may be published.
    pub const REQUIRED: [Self; 3] = [Self::Company, Self::SupportPolicy, Self::Faq];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "COMPANY",
            Self::SupportPolicy => "SUPPORT_POLICY",
            Self::Faq => "FAQ",
            Self::Safety => "SAFETY",
            Self::ProductGuide => "PRODUCT_GUIDE",
            Self::UserGuide => "USER_GUIDE",
            Self::Promotions => "PROMOTIONS",
            Self::PaymentDelivery => "PAYMENT_DELIVERY",
            Self::Other => "OTHER",
        }
    }

    /// Reads a stored kind.
    ///
    /// # Errors
    /// [`Corrupt`] for a text that no rule writes.
    pub fn read(row: &entity::document::Model) -> Result<Self, Corrupt> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == row.kind).ok_or_else(|| Corrupt {
            table: "document",
            id: row.id.to_string(),
            what: format!("kind {}", row.kind),
        })
    }
}

//! Which gate: of a number, or of an account.

use crate::error::Corrupt;
use crate::id::WidgetId;

/// Whose sends a gate stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Every number of a WhatsApp Business Account.
    Account,
    /// One number.
    Number,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Account => "ACCOUNT",
            Self::Number => "NUMBER",
        }
    }
}

/// Which gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateKey {
    pub(super) kind: Kind,
    pub(super) key: String,
}

impl GateKey {
    /// Of a widget's number.
    #[must_use]
    pub fn number(widget: WidgetId) -> Self {
        Self { kind: Kind::Number, key: widget.to_string() }
    }

    /// Of an account, by Meta's id of it.
    #[must_use]
    pub fn account(waba_id: &str) -> Self {
        Self { kind: Kind::Account, key: waba_id.to_owned() }
    }

    /// The gates that a widget's sends pass, in lock order.
    pub(crate) fn before(widget: &entity::widget::Model) -> Vec<Self> {
        let account = widget.waba_id.as_deref().map(Self::account);
        account.into_iter().chain([Self::number(WidgetId(widget.id))]).collect()
    }

    /// As two columns of the lane that waits before it.
    pub(crate) fn columns(&self) -> (&'static str, &str) {
        (self.kind.as_str(), &self.key)
    }

    /// From the columns of a lane or of the gate's own row.
    pub(crate) fn read(kind: &str, key: &str) -> Result<Self, Corrupt> {
        let known = [Kind::Account, Kind::Number].into_iter().find(|known| known.as_str() == kind);
        let kind = known.ok_or_else(|| super::row::corrupt(key, format!("kind {kind}")))?;
        Ok(Self { kind, key: key.to_owned() })
    }
}

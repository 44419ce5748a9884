//! What Meta tells about an account, a number or a template: nothing that a person wrote.

use serde::{Deserialize, Serialize};

use crate::lenient::Node;

/// News of one of the smaller account-level fields. Its stored form is additive only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// `message_template_status_update`: Meta decided about a template.
    TemplateStatus {
        /// Which template.
        template: Template,
        /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, ..
        event: Option<String>,
        /// Why, if it is not good news.
        reason: Option<String>,
    },
    /// `message_template_quality_update`: customers like a template more or less.
    TemplateQuality {
        /// Which template.
        template: Template,
        /// The score before: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
        previous: Option<String>,
        /// The score now.
        current: Option<String>,
    },
    /// `template_category_update`: Meta moved a template to another category.
    TemplateCategory {
        /// Which template.
        template: Template,
        /// The category before; None where Meta does not tell.
        previous: Option<String>,
        /// The category now: `MARKETING`, `UTILITY` or `AUTHENTICATION`.
        current: Option<String>,
    },
    /// `message_template_components_update`: the text of a template changed.
    TemplateComponents {
        /// Which template.
        template: Template,
    },
    /// `phone_number_quality_update`: a number's messaging limit or quality changed.
    NumberQuality {
        /// `UPGRADE`, `DOWNGRADE`, `FLAGGED`, `UNFLAGGED`, `ONBOARDING`, ..
        event: Option<String>,
        /// The limit now, such as `TIER_1K`.
        limit: Option<String>,
    },
    /// `phone_number_name_update`: Meta decided about a number's display name.
    NumberName {
        /// `APPROVED`, `REJECTED`, `DEFERRED` or `PENDING`.
        decision: Option<String>,
        /// The name that was asked for.
        name: Option<String>,
        /// Why it was refused.
        reason: Option<String>,
    },
    /// `account_alerts`: something needs the owner's attention.
    Alert {
        /// What it is about: `BUSINESS`, `WABA` or `PHONE_NUMBER`.
        entity: Option<String>,
        /// `INFORMATIONAL`, `WARNING` or `CRITICAL`.
        severity: Option<String>,
        /// Meta's name of the alert.
        alert: Option<String>,
        /// For people.
        description: Option<String>,
    },
    /// `account_review_update`: Meta reviewed the account.
    Review {
        /// `APPROVED`, `REJECTED`, `PENDING` or `DEFERRED`.
        decision: Option<String>,
    },
    /// `business_capability_update`: what the business may do changed.
    Capability {
        /// Conversations that a number may start in a day.
        daily_conversations: Option<i64>,
        /// Numbers that the business may have.
        phone_numbers: Option<i64>,
    },
    /// `security`: somebody changed or asked to reset the two-step verification.
    Security {
        /// `PIN_CHANGED` or `PIN_RESET_REQUEST`, ..
        event: Option<String>,
    },
}

/// Names a message template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Meta's id of it.
    pub id: Option<String>,
    /// Its name, chosen by the business.
    pub name: Option<String>,
    /// Its language, such as `en_US`.
    pub language: Option<String>,
}

impl News {
    /// Reads the value of a field; None for a field that is none of these.
    pub(crate) fn read(field: &str, value: Node<'_>) -> Option<Self> {
        Some(match field {
            "message_template_status_update" => Self::TemplateStatus {
                template: Template::read(value),
                event: value.text("event"),
                reason: value
                    .node("rejection_info")
                    .text("reason")
                    .or_else(|| value.text("reason"))
                    .filter(|reason| reason != "NONE"),
            },
            "message_template_quality_update" => Self::TemplateQuality {
                template: Template::read(value),
                previous: value.text("previous_quality_score"),
                current: value.text("new_quality_score"),
            },
            "template_category_update" => Self::TemplateCategory {
                template: Template::read(value),
                previous: value.text("previous_category"),
                current: value.text("new_category").or_else(|| value.text("correct_category")),
            },
            "message_template_components_update" => {
                Self::TemplateComponents { template: Template::read(value) }
            }
            "phone_number_quality_update" => {
                Self::NumberQuality { event: value.text("event"), limit: value.text("current_limit") }
            }
            "phone_number_name_update" => Self::NumberName {
                decision: value.text("decision"),
                name: value.text("requested_verified_name"),
                reason: value.text("rejection_reason").filter(|reason| reason != "NONE"),
            },
            "account_alerts" => {
                // Meta's reference nests what its first samples had at the top.
                let info = value.node("alert_info");
                let text = |name| info.text(name).or_else(|| value.text(name));
                Self::Alert {
                    entity: value.text("entity_type"),
                    severity: text("alert_severity"),
                    alert: text("alert_type"),
                    description: text("alert_description"),
                }
            }
            "account_review_update" => Self::Review { decision: value.text("decision") },
            "business_capability_update" => Self::Capability {
                daily_conversations: value
                    .integer("max_daily_conversations_per_business")
                    .or_else(|| value.integer("max_daily_conversation_per_phone")),
                phone_numbers: value
                    .integer("max_phone_numbers_per_business")
                    .or_else(|| value.integer("max_phone_numbers_per_waba")),
            },
            "security" => Self::Security { event: value.text("event") },
            _ => return None,
        })
    }

    /// What happened, in Meta's word: the decision, the new score, the alert.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::TemplateStatus { event, .. }
            | Self::NumberQuality { event, .. }
            | Self::Security { event } => event.as_deref(),
            Self::TemplateQuality { current, .. } | Self::TemplateCategory { current, .. } => {
                current.as_deref()
            }
            Self::NumberName { decision, .. } | Self::Review { decision } => decision.as_deref(),
            Self::Alert { alert, severity, .. } => alert.as_deref().or(severity.as_deref()),
            Self::TemplateComponents { .. } | Self::Capability { .. } => None,
        }
    }

    /// What it is about, for people: the template's name, the limit, the description.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        let both = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => Some(format!("{a}: {b}")),
            (one, None) | (None, one) => one.clone(),
        };
        match self {
            Self::TemplateStatus { template, reason, .. } => both(&template.name, reason),
            Self::TemplateQuality { template, previous, .. }
            | Self::TemplateCategory { template, previous, .. } => {
                both(&template.name, &previous.as_ref().map(|previous| format!("was {previous}")))
            }
            Self::TemplateComponents { template } => template.name.clone(),
            Self::NumberQuality { limit, .. } => limit.clone(),
            Self::NumberName { name, reason, .. } => both(name, reason),
            Self::Alert { description, entity, .. } => description.clone().or_else(|| entity.clone()),
            Self::Capability { daily_conversations, .. } => {
                daily_conversations.map(|most| format!("{most} conversations a day"))
            }
            Self::Review { .. } | Self::Security { .. } => None,
        }
    }
}

impl Template {
    fn read(value: Node<'_>) -> Self {
        Self {
            id: value.text("message_template_id"),
            name: value.text("message_template_name"),
            language: value.text("message_template_language"),
        }
    }
}

//! The shape of stored rows, one file a table. Decides nothing: closed sets are text here and
//! become enums in `domain`, which refuses a row that breaks its own rules.

pub mod api_token;
pub mod business_hours;
pub mod channel;
pub mod citation;
pub mod contact;
pub mod contact_conflict;
pub mod contact_identity;
pub mod conversation;
pub mod conversation_tag;
pub mod delivery;
pub mod document;
pub mod document_version;
pub mod event;
pub mod feed;
pub mod human_wait;
pub mod inbound_element;
pub mod lane;
pub mod ledger;
pub mod member;
pub mod message;
pub mod message_change;
pub mod note;
pub mod passage;
pub mod send_gate;
pub mod session;
pub mod tag;
pub mod turn;
pub mod widget;
pub mod widget_health;
pub mod workflow;
pub mod workflow_version;
pub mod workspace;

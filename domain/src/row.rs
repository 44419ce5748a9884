//! The stored rows under names that a room above may say: it reads their fields and nothing else.

pub use entity::api_token::Model as ApiToken;
pub use entity::channel::Model as Channel;
pub use entity::citation::Model as Citation;
pub use entity::contact::Model as Contact;
pub use entity::contact_identity::Model as ContactIdentity;
pub use entity::conversation::Model as Conversation;
pub use entity::delivery::Model as Delivery;
pub use entity::document::Model as Document;
pub use entity::document_version::Model as DocumentVersion;
pub use entity::human_wait::Model as HumanWait;
pub use entity::inbound_element::Model as InboundElement;
pub use entity::member::Model as Member;
pub use entity::message::Model as Message;
pub use entity::message_change::Model as MessageChange;
pub use entity::note::Model as Note;
pub use entity::passage::Model as Passage;
pub use entity::session::Model as Session;
pub use entity::tag::Model as Tag;
pub use entity::turn::Model as Turn;
pub use entity::widget::Model as Widget;
pub use entity::workflow::Model as Workflow;
pub use entity::workflow_entry::Model as WorkflowEntry;
pub use entity::workflow_run::Model as WorkflowRun;
pub use entity::workflow_version::Model as WorkflowVersion;
pub use entity::workspace::Model as Workspace;

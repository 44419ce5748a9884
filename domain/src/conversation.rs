//! The one thread of a contact on a widget: locking it, bringing it up to date, changing it.
//!
//! Invariant: a conversation changes only through [`apply::apply`], under its row's lock, and its
//! stored status is what [`facts::status`] derives.

pub mod apply;
mod carry_out;
mod command;
pub mod facts;
mod find;
mod row;
mod thread;
pub mod timeline;

pub use apply::{CloseReason, NotNow, WaitReason};
pub(crate) use carry_out::{Applied, save, step};
pub use command::{Snoozed, close, hand_back, join, pin, snooze, unsnooze};
pub use facts::{Facts, Handler, Label, Status};
pub use find::{Query, find, load, of_contacts};
pub use row::bot_is_on;
pub use thread::bring_up_to_date;
pub use thread::{Judge, Thread};
pub(crate) use thread::{apply_due, find_or_create, lock};

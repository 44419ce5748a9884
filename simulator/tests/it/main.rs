//! The simulator over real HTTP, seen by a small hub: a caller of its Graph API and a receiver of
//! its webhooks. One binary, because each costs a link.

mod caller;
mod control;
mod fault;
mod graph;
mod receiver;
mod send;
mod webhook;

//! One binary with every test of the whole.

mod program;
mod road;

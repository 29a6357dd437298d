//! The four ways a call may go, each a [`Stand`](crate::stand::Stand) for all of its tests.

pub mod in_process;
pub mod through_the_codec;
pub mod two_nodes;
pub mod two_processes;

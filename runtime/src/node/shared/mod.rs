//! What all kinds of one node share: its options, clocks and numbers, how far it is, what lies beyond it.

mod beyond;
mod common;
mod numbers;
mod stage;

pub(crate) use common::Common;

//! Who appears in these tests.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::members::{Address, Introduction, MemberState, Meta, Passport};
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_protocol::time::Moment;

pub fn life(id: u64, generation: u64) -> Life {
    Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
}

pub fn address(id: u64) -> Address {
    format!("10.0.0.{id}:7400").parse().unwrap()
}

pub fn passport(id: u64, generation: u64) -> Passport {
    Passport::new(life(id, generation), address(id))
}

pub fn introduction(id: u64, generation: u64, state: MemberState) -> Introduction {
    Introduction { passport: passport(id, generation), state, edition: 1, meta: Arc::new(Meta::default()) }
}

pub fn at(milliseconds: u64) -> Moment {
    Moment::after_start(Duration::from_millis(milliseconds))
}

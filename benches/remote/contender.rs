//! The engines as values.

use crate::consort::Consort;
use crate::engine::{Engine, Ready};
use crate::floors::{Quinn, Tcp};
use crate::load::Client;
use crate::peers::{Tarpc, Tonic};

/// One engine.
pub struct Contender {
    /// The name in the table.
    pub name: &'static str,
    /// Serves until the process is ended.
    pub serve: fn(),
    /// Starts a server and connects to it.
    pub connect: fn() -> Client,
}

impl Contender {
    fn of<E: Engine>() -> Self {
        let serve = || E::FLAVOUR.runtime().block_on(E::serve(Ready));
        Self { name: E::NAME, serve, connect: Client::connect::<E> }
    }
}

/// Every engine, in the order of the table.
pub fn all() -> Vec<Contender> {
    vec![
        Contender::of::<Consort>(),
        Contender::of::<Quinn>(),
        Contender::of::<Tcp>(),
        Contender::of::<Tonic>(),
        Contender::of::<Tarpc>(),
    ]
}

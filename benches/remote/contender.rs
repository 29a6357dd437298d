//! The engines as values.

use crate::consort::Consort;
use crate::engine::{Engine, Ready};
use crate::erlang::{self, Erlang};
use crate::floors::{Quinn, Tcp};
use crate::load::{Client, Connected};
#[cfg(feature = "remote-peers")]
use crate::peers::{Kameo, Ractor};
use crate::peers::{Tarpc, Tonic};

/// One engine.
pub struct Contender {
    /// The name in the table.
    pub name: &'static str,
    /// Serves until the process is ended.
    pub serve: fn(),
    /// Starts a server and connects to it, or says why that is not possible on this machine.
    pub connect: fn() -> Result<Box<dyn Connected>, &'static str>,
}

impl Contender {
    fn of<E: Engine>() -> Self {
        let serve = || E::FLAVOUR.runtime().block_on(E::serve(Ready));
        Self { name: E::NAME, serve, connect: || Ok(Box::new(Client::connect::<E>())) }
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
        #[cfg(feature = "remote-peers")]
        Contender::of::<Kameo>(),
        #[cfg(feature = "remote-peers")]
        Contender::of::<Ractor>(),
        Contender { name: erlang::NAME, serve: || unreachable!("its server is a script"), connect: Erlang::connect },
    ]
}

//! [`Erlang`]: a client and a server that are scripts.

use crate::case::{Bench, Case};
use crate::engine::{Failure, failure};
use crate::load::{Connected, Figures, cpu};
use crate::rounds::Effort;
use crate::server::Server;
use std::cell::RefCell;
use std::process::{Command, Stdio, id};

/// The name in the table.
pub const NAME: &str = "erlang";

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/remote/erlang/echo.escript");

/// A client of Erlang and its server: two processes beside this one.
pub struct Erlang {
    server: Server,
    client: RefCell<Server>,
}

impl Erlang {
    /// Starts both.
    ///
    /// # Errors
    /// Why that is not possible on this machine.
    pub fn connect() -> Result<Box<dyn Connected>, &'static str> {
        let version = Command::new("erl").args(["-noshell", "-eval", "halt()."]).stderr(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            return Err("erl is not installed");
        }
        let script = |words: &[&str]| {
            let mut command = Command::new("escript");
            command.arg(SCRIPT).args(words);
            Server::run(command)
        };
        let (server, node) = script(&["serve", &format!("benches-server-{}", id())]);
        let (client, _) = script(&["call", &format!("benches-client-{}", id()), &node]);
        Ok(Box::new(Erlang { server, client: RefCell::new(client) }))
    }

    fn cpu_us(&self) -> f64 {
        cpu::used_us(self.server.child.id()) + cpu::used_us(self.client.borrow().child.id())
    }
}

impl Connected for Erlang {
    fn name(&self) -> &'static str {
        NAME
    }

    fn can(&self, case: &Case) -> bool {
        case.beside == 0
    }

    fn run(&self, case: &Case, effort: &Effort) -> Result<Figures, Failure> {
        let bench = match case.bench {
            Bench::Ask => "ask",
            Bench::Tell => "tell",
        };
        let (warm_up, round) = (effort.warm_up.as_millis(), effort.round.as_millis());
        let line = format!("{bench} {} {} {warm_up} {round} {}", case.size, case.in_flight, case.window());
        let before = self.cpu_us();
        let said = self.client.borrow_mut().say(&line);
        // the warm-up costs as much as the round does
        let share = effort.round.as_secs_f64() / (effort.warm_up + effort.round).as_secs_f64();
        let cpu_us = (self.cpu_us() - before) * share;
        let said: Result<Vec<f64>, _> = said.split(' ').map(str::parse).collect();
        let [calls, seconds, p50_us, p99_us, p999_us] = said.map_err(failure)?[..] else {
            return Err(format!("{NAME} says something else than five figures"));
        };
        Ok(Figures { rps: calls / seconds, p50_us, p99_us, p999_us, cpu_us_per_call: cpu_us / calls })
    }
}

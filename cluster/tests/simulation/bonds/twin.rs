//! [`Twin`]: an actor that watches another, is linked to one, or falls.

use std::panic::resume_unwind;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_runtime::prelude::*;

use super::bond::{Role, Stay};
use crate::history::History;

/// How long a fall takes: a move may come in between.
const FALL: Duration = Duration::from_millis(100);

/// One of the three of a bond.
pub struct Twin {
    bond: usize,
    life: Life,
    history: History,
    stay: usize,
}

impl Twin {
    /// The actor of this key, on this node.
    pub fn new(key: u32, life: Life, history: History) -> Self {
        let ((bond, role), mut stay) = (Role::of(key), 0);
        history.of_bond(bond, |bond, from| {
            stay = bond.stays.len();
            bond.stays.push(Stay { role, life, from, to: None });
        });
        Twin { bond, life, history, stay }
    }
}

#[service(crate = "consort_runtime", name = "twin", key = "/twin/{number: u32}")]
impl Twin {
    /// Is awake.
    pub async fn wake(&mut self) {}

    /// Watches the other.
    pub async fn watch(&mut self, cx: &Cx, other: TwinRef) {
        let (bond, history) = (self.bond, self.history.clone());
        let tell = async move |end: consort_runtime::supervision::End| {
            history.of_bond(bond, |bond, at| bond.told.push((at, end.reason)));
        };
        cx.watch(&other, tell).expect("another one, and the only one");
        self.history.of_bond(self.bond, |bond, at| bond.watched = Some((self.life, at)));
    }

    /// Shares the fate of the other.
    pub async fn link(&mut self, cx: &Cx, other: TwinRef) {
        cx.link(&other).expect("another one, and the only one");
        self.history.of_bond(self.bond, |bond, at| bond.linked = Some((self.life, at)));
    }

    /// Panics.
    pub async fn fall(&mut self) {
        tokio::time::sleep(FALL).await;
        self.history.of_bond(self.bond, |bond, at| bond.falls.push(at));
        // a panic that says nothing on the terminal
        resume_unwind(Box::new(format!("{} falls", self.bond)));
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.history.of_bond(self.bond, |bond, at| _ = bond.stays[self.stay].to.get_or_insert(at));
    }
}

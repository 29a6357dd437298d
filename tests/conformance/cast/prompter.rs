//! [`Prompter`]: what a rule does in the process where its actors live.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use consort::prelude::*;
use consort_testkit::Gate;

/// The gates of this process, by place.
static GATES: LazyLock<Mutex<BTreeMap<String, Gate>>> = LazyLock::new(Mutex::default);

/// The gate of a place, in this process. It is closed at first.
pub fn gate(place: &str) -> Gate {
    let mut gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
    gates.entry(place.to_owned()).or_insert_with(Gate::closed).clone()
}

/// Lives where the actors of its place do, and lets them pass its gate.
#[derive(Default)]
pub struct Prompter;

#[service(name = "prompter", key = "/place/{place}")]
impl Prompter {
    /// Lets all pass that wait at the gate, and those that come.
    pub async fn open(&self, cx: &Cx) {
        of(cx).open();
    }

    /// How many have come to the gate.
    pub async fn arrived(&self, cx: &Cx) -> u64 {
        of(cx).arrived()
    }

    /// How many have passed it.
    pub async fn passed(&self, cx: &Cx) -> u64 {
        of(cx).passed()
    }
}

fn of(cx: &Cx) -> Gate {
    gate(cx.key::<String>().expect("its key is a text"))
}

//! [`Bell`]: an actor that counters call, wherever it lives.

use std::time::Duration;

use consort_runtime::prelude::*;

use crate::history::{History, Ring};

/// Says that it was rung.
pub struct Bell(pub History);

#[service(crate = "consort_runtime", name = "bell", key = "/bell/{number: u32}")]
impl Bell {
    /// Rings.
    pub async fn ring(&mut self, ring: u64) {
        self.0.events().rings[ring as usize].has_rung = true;
    }
}

/// Rings a bell on behalf of a handler.
pub async fn ring(cx: &Cx, number: u32, history: &History) {
    let ring = {
        let rings = &mut history.events().rings;
        rings.push(Ring { told: None, has_rung: false });
        rings.len() - 1
    };
    let bell: BellRef = cx.node().get::<Bell>(number);
    let told = bell.ring(ring as u64).timeout(Duration::from_secs(1)).await.map_err(|why| why.to_string());
    history.events().rings[ring].told = Some(told);
}

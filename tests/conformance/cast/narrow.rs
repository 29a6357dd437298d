//! [`Narrow`]: has little room.

use consort::prelude::*;

use super::prompter::gate;

/// What may wait for a narrow one, in bytes.
pub const ROOM: usize = 65_536;

/// Notes what it is told once the gate of its place is open, and has room for two messages.
#[derive(Default)]
pub struct Narrow {
    notes: Vec<u32>,
}

#[service(name = "narrow", key = "/place/{place}/narrow", mailbox = 2, mailbox_bytes = 65_536)]
impl Narrow {
    /// Waits at the gate, and remembers the number.
    pub async fn note(&mut self, cx: &Cx, number: u32, ballast: String) {
        gate(cx.key::<String>().expect("its key is a place")).pass().await;
        assert!(ballast.len() <= ROOM);
        self.notes.push(number);
    }

    /// The numbers it was told, in the order in which they came.
    pub async fn notes(&self) -> Vec<u32> {
        self.notes.clone()
    }
}

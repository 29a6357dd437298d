//! What serves tests.

use std::sync::{Arc, Mutex};

use consort_cluster::transport::{Answers, Lane, Peer, Records, Serve};

/// Answers each ask with what stands in it, and keeps what it was told, in order.
#[derive(Default)]
pub struct Echo {
    pub told: Mutex<Vec<(Lane, Vec<u8>)>>,
    pub asked: Mutex<Vec<Vec<u8>>>,
}

impl Echo {
    pub fn new() -> Arc<Echo> {
        Arc::new(Echo::default())
    }

    /// The numbers that it was told.
    pub fn numbers(&self) -> Vec<u64> {
        self.told.lock().unwrap().iter().map(|(_, bytes)| number(bytes)).collect()
    }
}

impl Serve for Echo {
    fn serve(&self, _: &Arc<Peer>, lane: Lane, batch: Records<'_>, answers: &Answers) {
        for record in batch {
            match record.ask {
                Some(ask) => {
                    self.asked.lock().unwrap().push(record.payload.to_vec());
                    answers.answer(ask, |to| to.extend_from_slice(&record.payload));
                }
                None => self.told.lock().unwrap().push((lane, record.payload.to_vec())),
            }
        }
    }
}

/// A number as a payload; what stands behind its eight bytes does not matter.
pub fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(*bytes.first_chunk().unwrap())
}

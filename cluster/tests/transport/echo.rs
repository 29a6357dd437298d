//! What serves tests.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use consort_cluster::transport::{Answerer, Answers, Hold, Lane, Peer, Records, Serve};

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

/// Takes asks in and answers none of them; keeps tells from being given back until it is opened.
#[derive(Default)]
pub struct Silent {
    pub asks: Mutex<Vec<Answerer>>,
    pub held: Mutex<Vec<Hold>>,
    pub taken: AtomicUsize,
}

impl Silent {
    pub fn new() -> Arc<Silent> {
        Arc::new(Silent::default())
    }
}

impl Serve for Silent {
    fn serve(&self, _: &Arc<Peer>, _: Lane, batch: Records<'_>, answers: &Answers) {
        for record in batch {
            self.taken.fetch_add(record.payload.len(), Relaxed);
            match record.ask {
                Some(ask) => self.asks.lock().unwrap().push(answers.later(ask)),
                None => self.held.lock().unwrap().push(answers.hold(usize::MAX)),
            }
        }
    }
}

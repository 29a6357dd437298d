//! [`Writer`]: the thread that writes.

use bytes::Bytes;
use consort_file::{Fault, guarded};
use redb::{Database, ReadableTable, Table, TableDefinition};
use tokio::sync::{mpsc, oneshot};

use crate::kept::Kept;
use crate::{Claimed, Fence, StateError};

/// Service and path to epoch, turn, and state.
pub(super) const STATES: TableDefinition<'_, Name, Row> = TableDefinition::new("consort.state.states");

type Name = (&'static str, &'static str);
type Row = (u64, u64, Option<&'static [u8]>);

/// Changes in one transaction. An `fsync` takes as long as some hundreds of them, and those who wait behind it wait for
/// two at most.
const BATCH_MAX: usize = 256;

/// What is asked of the store, and who waits for it.
pub(super) struct Job {
    pub(super) service: Box<str>,
    pub(super) path: Box<str>,
    pub(super) change: Change,
    pub(super) answer: oneshot::Sender<Answer>,
}

pub(super) enum Change {
    Claim(u64),
    Save(Fence, Bytes),
}

type Answer = Result<Claimed, StateError>;

pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) waiting: mpsc::Receiver<Job>,
}

impl Writer {
    /// Writes what comes, until nobody is left who sends.
    pub(super) fn run(mut self) {
        let mut batch = Vec::new();
        while self.waiting.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            let written = guarded(|| Ok(self.write(&mut batch)?));
            match written {
                // whoever does not wait any more needs no answer
                Ok(answers) => batch.drain(..).zip(answers).for_each(|(job, answer)| drop(job.answer.send(answer))),
                Err(fault) => batch.drain(..).for_each(|job| drop(job.answer.send(Err(in_words(&fault))))),
            }
        }
    }

    /// Makes all changes, one after the other, or none.
    fn write(&self, batch: &mut [Job]) -> Result<Vec<Answer>, redb::Error> {
        let transaction = self.database.begin_write()?;
        let answers = {
            let mut states = transaction.open_table(STATES)?;
            batch.iter_mut().map(|job| change(&mut states, job)).collect::<Result<_, _>>()?
        };
        transaction.commit()?;
        Ok(answers)
    }
}

fn change(states: &mut Table<'_, Name, Row>, job: &mut Job) -> Result<Answer, redb::Error> {
    let name = (&*job.service, &*job.path);
    let row = states.get(name)?.map(|row| {
        let (epoch, turn, state) = row.value();
        Kept { newest: Fence { epoch, turn }, state: state.map(Bytes::copy_from_slice) }
    });
    let mut kept = row.unwrap_or_default();
    let answer = match &job.change {
        Change::Claim(epoch) => kept.claim(*epoch),
        Change::Save(fence, state) => kept.save(*fence, state.clone()).map(|()| Claimed { fence: *fence, state: None }),
    };
    if answer.is_ok() {
        states.insert(name, (kept.newest.epoch, kept.newest.turn, kept.state.as_deref()))?;
    }
    Ok(answer)
}

/// Every state is of epoch 0 from now on. Turns stay: who had claimed a state before has not now.
pub(super) fn forget_epochs(database: &Database) -> Result<(), Fault> {
    guarded(|| Ok(forgotten(database)?))
}

fn forgotten(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut states = transaction.open_table(STATES)?;
        let names = states.iter()?.map(|entry| {
            let (name, _) = entry?;
            let (service, path) = name.value();
            Ok((service.to_owned(), path.to_owned()))
        });
        for (service, path) in names.collect::<Result<Vec<_>, redb::Error>>()? {
            let name = (service.as_str(), path.as_str());
            let row = states.get(name)?.map(|row| {
                let (_, turn, state) = row.value();
                (turn, state.map(<[u8]>::to_vec))
            });
            if let Some((turn, state)) = row {
                states.insert(name, (0, turn, state.as_deref()))?;
            }
        }
    }
    Ok(transaction.commit()?)
}

/// What is told to each whose change was not made.
fn in_words(fault: &Fault) -> StateError {
    match fault {
        Fault::Corrupt(reason) => StateError::Corrupt { reason: reason.clone() },
        Fault::InUse | Fault::Foreign(_) | Fault::Failed(_) => {
            StateError::Failed { reason: fault.to_string(), source: None }
        }
    }
}

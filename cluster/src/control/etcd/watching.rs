//! Changes from etcd: [`Stream`].

use std::time::Duration;

use tokio::time::sleep;
use tonic::Streaming;

use super::client::{Client, Failed, revision};
use super::proto::{Event, WatchResponse};
use crate::control::store::{Change, Changes, Pending, Revision, Source, Told, WatchError};

/// Between two attempts, when nobody answers.
const AGAIN: Duration = Duration::from_millis(200);

/// A watch of etcd, begun anew whenever the connection is lost.
pub(super) struct Stream {
    client: Client,
    prefix: Box<str>,
    answers: Option<Streaming<WatchResponse>>,
}

impl Stream {
    pub(super) fn boxed(client: &Client, prefix: &str) -> Box<dyn Source> {
        Box::new(Self { client: client.clone(), prefix: prefix.into(), answers: None })
    }

    async fn next(&mut self, from: Revision) -> Result<Told, WatchError> {
        loop {
            let Some(answers) = &mut self.answers else {
                match self.client.watch(&self.prefix, from).await {
                    Ok(answers) => self.answers = Some(answers),
                    Err(Failed::Refused(reason)) => return Err(WatchError::Stopped { reason }),
                    Err(Failed::NoQuorum | Failed::NotFound) => sleep(AGAIN).await,
                }
                continue;
            };
            match answers.message().await {
                // Of where it is now it says nothing here.
                Ok(Some(answer)) if answer.compact_revision > 0 => {
                    let now = self.client.now().await.unwrap_or(revision(answer.compact_revision));
                    return Err(WatchError::Compacted { now });
                }
                Ok(Some(answer)) if answer.canceled => self.answers = None,
                Ok(Some(answer)) if answer.events.is_empty() => {}
                Ok(Some(answer)) => return Ok(self.told(answer.events, from)),
                Ok(None) | Err(_) => {
                    self.answers = None;
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Etcd tells one key after the other, and all of one revision together.
    fn told(&self, events: Vec<Event>, from: Revision) -> Told {
        let mut told = Told { changes: Vec::<Changes>::new(), upto: from };
        for Event { kind, kv } in events {
            let Some(kv) = kv else { continue };
            let at = revision(kv.mod_revision);
            let change = match kind {
                0 => self.client.entry(kv).map(Change::Put),
                _ => self.client.name(&kv.key).map(|key| Change::Deleted { key }),
            };
            told.upto = told.upto.max(at);
            match (told.changes.last_mut(), change) {
                (Some(last), Some(change)) if last.revision == at => last.changes.push(change),
                (_, Some(change)) => told.changes.push(Changes { revision: at, changes: vec![change] }),
                (_, None) => {}
            }
        }
        told
    }
}

impl Source for Stream {
    fn after(&mut self, from: Revision) -> Pending<'_, Result<Told, WatchError>> {
        Box::pin(self.next(from))
    }
}

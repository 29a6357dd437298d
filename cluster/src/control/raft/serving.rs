//! What a node does for others.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::super::machine::{Command, Replica};
use super::super::store::{Revision, WatchError, check_key, check_prefix, check_transaction, check_ttl};
use super::seat::Seat;
use super::wire::{Ask, Look, Refusal, Reply, Request};
use std::sync::Arc;

/// How long a watch of another node waits at most: a connection that is gone is noticed by then.
const WATCH_MAX: Duration = Duration::from_secs(30);

impl Seat {
    /// Answers a request.
    pub(super) async fn serve(self: &Arc<Self>, bytes: &[u8]) -> Bytes {
        let Some(request) = Request::read(bytes) else { return Reply::NotUnderstood.to_bytes() };
        let reply = match request {
            Request::Append(rpc) => {
                self.hear();
                Reply::Append(self.raft.append_entries(rpc).await)
            }
            Request::Vote(rpc) => Reply::Vote(self.raft.vote(rpc).await),
            Request::Install(rpc) => {
                self.hear();
                Reply::Install(self.raft.install_snapshot(rpc).await)
            }
            Request::Elect => {
                // an error is a node that has stopped, which is found out by who asked
                let _ = self.raft.trigger().elect().await;
                Reply::Elect
            }
            Request::Dismiss => {
                // it goes by what it heard last, and may think that it votes: nobody would elect it
                *self.heard.lock() = None;
                self.raft.runtime_config().elect(false);
                Reply::Dismiss
            }
            Request::Lead { ask, .. } if !is_sound(&ask) => Reply::NotUnderstood,
            Request::Lead { ask, within } => Reply::Lead(self.serve_lead(ask, within).await),
            Request::Local(look) if !is_look_sound(&look) => Reply::NotUnderstood,
            Request::Local(_) if !self.has_state() => Reply::Local(Err(self.elsewhere())),
            Request::Local(look) => Reply::Local(self.look(look)),
            Request::Watch { prefix, .. } if check_prefix(&prefix).is_err() => Reply::NotUnderstood,
            Request::Watch { prefix, from, within } => Reply::Watch(self.serve_watch(&prefix, from, within).await),
        };
        reply.to_bytes()
    }

    /// A leader speaks to this node: so it has not been removed, or not for ever.
    fn hear(&self) {
        if self.heard.lock().replace(Instant::now()).is_none() {
            self.raft.runtime_config().elect(true);
        }
    }

    async fn serve_lead(&self, ask: Ask, within: Duration) -> Result<super::wire::Answer, Refusal> {
        let deadline = Instant::now() + within.min(self.patience);
        match self.leads() {
            Some(term) => self.lead(ask, term, deadline).await,
            None => Err(self.elsewhere()),
        }
    }

    async fn serve_watch(
        self: &Arc<Self>,
        prefix: &str,
        from: Revision,
        within: Duration,
    ) -> Result<(Vec<super::super::store::Changes>, Revision), Refusal> {
        if !self.has_state() || !self.is_told() {
            return Err(self.elsewhere());
        }
        // Too many wait: this one is answered at once, and asks somebody else.
        let Ok(_held) = self.watches.try_acquire() else { return Err(self.elsewhere()) };
        let replica = Arc::downgrade(&self.replica);
        match timeout(within.min(WATCH_MAX), Replica::wait(&replica, from, prefix)).await {
            Ok(Some(Ok(told))) => Ok((told.changes, told.upto)),
            Ok(Some(Err(WatchError::Compacted { now }))) => Err(Refusal::Compacted { now }),
            Ok(_) => Err(Refusal::Stopped { reason: "it was closed".to_owned() }),
            Err(_) => Ok((Vec::new(), from)),
        }
    }
}

/// What stands in the log stands there for all. Nothing goes in that a node would have refused its own users.
fn is_sound(ask: &Ask) -> bool {
    match ask {
        Ask::Write(Command::Commit(transaction)) => check_transaction(transaction).is_ok(),
        Ask::Write(Command::Grant(ttl)) => check_ttl(*ttl).is_ok(),
        Ask::Write(Command::End(_)) | Ask::Renew(_) => true,
        // That a lease is over is for the leader to see.
        Ask::Write(Command::Expire { .. }) => false,
        Ask::Look(look) => is_look_sound(look),
    }
}

fn is_look_sound(look: &Look) -> bool {
    match look {
        Look::Key(key) => check_key(key).is_ok(),
        Look::Prefix(prefix) => check_prefix(prefix).is_ok(),
        Look::Voters => true,
    }
}

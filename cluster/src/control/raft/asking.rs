//! How a node has something done that only the leader can: itself, or by asking.

use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use tokio::time::{Instant, sleep, timeout_at};

use super::net::NetError;
use super::seat::Seat;
use super::wire::{Answer, Ask, Look, Refusal, Reply, Request};

/// Between two attempts to find the leader: short beside an election.
const AGAIN: Duration = Duration::from_millis(50);

/// How long a leader is waited for that is asked for what can be asked again.
const ATTEMPT: Duration = Duration::from_secs(1);

impl Seat {
    /// Has the leader do something. Tries until somebody leads, for as long as it has patience.
    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, Refusal> {
        let deadline = Instant::now() + self.patience;
        loop {
            if let Some(reason) = self.stopped() {
                return Err(Refusal::Stopped { reason });
            }
            let attempt = match self.leads() {
                Some(term) => self.lead(ask.clone(), term, deadline).await,
                None => self.ask_leader(&ask, deadline).await,
            };
            match attempt {
                Err(Refusal::Elsewhere { leader, voters }) => self.contacts.lock().learn(leader, voters),
                other => return other,
            }
            if Instant::now() + AGAIN >= deadline {
                return Err(Refusal::NoQuorum { unknown: false });
            }
            sleep(AGAIN).await;
        }
    }

    /// Asks any node that has the state for what it knows.
    pub(super) async fn ask_any(&self, look: Look) -> Result<Answer, Refusal> {
        let deadline = Instant::now() + self.patience;
        while Instant::now() + AGAIN < deadline {
            let within = deadline.min(Instant::now() + ATTEMPT);
            let voter = self.contacts.lock().next_voter(self.id);
            match self.exchange(voter, &Request::Local(look.clone()), within).await {
                Ok(Reply::Local(Err(Refusal::Elsewhere { leader, voters }))) => {
                    self.contacts.lock().learn(leader, voters);
                }
                // it has stopped itself: another one may answer
                Ok(Reply::Local(Err(Refusal::Stopped { .. }))) => {}
                Ok(Reply::Local(answer)) => {
                    self.contacts.lock().note_known(true);
                    return answer;
                }
                Ok(_) | Err(_) => {}
            }
            self.contacts.lock().note_known(false);
            sleep(AGAIN).await;
        }
        Err(Refusal::NoQuorum { unknown: false })
    }

    async fn ask_leader(&self, ask: &Ask, deadline: Instant) -> Result<Answer, Refusal> {
        let (again, attempt) = match ask {
            Ask::Write(_) => (false, deadline),
            Ask::Look(_) | Ask::Renew(_) => (true, deadline.min(Instant::now() + ATTEMPT)),
        };
        if let Some(leader) = self.raft.metrics().borrow().current_leader.filter(|leader| *leader != self.id)
            && self.is_told()
        {
            self.contacts.lock().learn(Some(leader), Vec::new());
        }
        let within = attempt.saturating_duration_since(Instant::now());
        let request = Request::Lead { ask: ask.clone(), within };
        let leader = self.contacts.lock().next(self.id);
        match self.exchange(leader, &request, attempt).await {
            // That node has stopped, and not this one: what it did with it before nobody knows.
            Ok(Reply::Lead(Err(Refusal::Stopped { .. }))) if again => Err(nobody_known()),
            Ok(Reply::Lead(Err(Refusal::Stopped { .. }))) => Err(Refusal::NoQuorum { unknown: true }),
            Ok(Reply::Lead(answer)) => answer,
            // A node of another version: another one may understand.
            Ok(_) | Err(NetError::NotSent(_)) => Err(nobody_known()),
            Err(_) if again => Err(nobody_known()),
            Err(_) => Err(Refusal::NoQuorum { unknown: true }),
        }
    }

    /// Sends a request to a node, if there is one to ask, and waits for the answer until then.
    pub(super) async fn exchange(
        &self,
        node: Option<u64>,
        request: &Request,
        until: Instant,
    ) -> Result<Reply, NetError> {
        let Some(to) = node.and_then(NodeId::new) else {
            return Err(NetError::NotSent("no voter is known".to_owned()));
        };
        let answer: Result<Bytes, NetError> = match timeout_at(until, self.net.send(to, request.to_bytes())).await {
            Ok(answer) => answer,
            Err(_) => Err(NetError::NoAnswer("it took too long".to_owned())),
        };
        match &answer {
            Ok(_) => self.contacts.lock().note_answer(to.number()),
            Err(_) => self.contacts.lock().note_silent(to.number()),
        }
        Reply::read(&answer?).ok_or_else(|| NetError::NoAnswer("the answer was not understood".to_owned()))
    }
}

/// Nothing was done, and whoever was asked does not know who can.
fn nobody_known() -> Refusal {
    Refusal::Elsewhere { leader: None, voters: Vec::new() }
}

//! [`Guide`]: keeps a client informed, by asking one member at a time.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::members::{Member, MemberState, Members, Standing};
use consort_protocol::cluster::slots::SlotTable;
use consort_protocol::cluster::{Life, NodeId};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::exchange::{Reply, Request, Seen, Sight};
use crate::node::Net;
use crate::routing::Router;
use crate::transport::{Refused, Transport};

/// A member answers within a second, also if it has nothing new; one that takes three times as long is gone.
const PATIENCE: Duration = Duration::from_secs(3);

/// When nobody answered, everybody is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// Learns the slot table and the members.
pub(super) struct Guide {
    seeds: Vec<String>,
    transport: Arc<Transport>,
    net: Net,
    members: watch::Sender<Arc<Members>>,
    router: Arc<Router>,
    /// The member that is asked, and what was seen of its members last.
    asked: Option<(NodeId, u64)>,
    /// Why each address was of no use, the last time.
    failures: BTreeMap<String, String>,
}

impl Guide {
    pub(super) fn new(
        seeds: Vec<String>,
        transport: Arc<Transport>,
        net: Net,
        members: watch::Sender<Arc<Members>>,
        router: Arc<Router>,
    ) -> Self {
        Guide { seeds, transport, net, members, router, asked: None, failures: BTreeMap::new() }
    }

    /// Tries until a member has said where slots are.
    pub(super) async fn find(&mut self) {
        while self.router.table.load().epoch().0 == 0 {
            self.look().await;
        }
    }

    /// Follows the members, for as long as its runtime lives.
    pub(super) async fn run(mut self) {
        loop {
            self.look().await;
        }
    }

    /// What was wrong with each seed.
    pub(super) fn why_not(&self) -> String {
        let failures: Vec<_> = self.failures.iter().map(|(address, why)| format!("{address}: {why}")).collect();
        format!("no seed answered: {}", failures.join("; "))
    }

    /// Asks the member that answered last; if there is none, greets one after the other.
    async fn look(&mut self) {
        match self.asked {
            Some((id, seen)) => match self.ask(id, seen).await {
                Ok(seen) => self.asked = Some((id, seen)),
                Err(why) => {
                    tracing::debug!(node = %id, why, "a client asks another member");
                    self.asked = None;
                    if seen == 0 {
                        // it was met, and is of no use all the same: it may be the only one there is
                        sleep(AGAIN).await;
                    }
                }
            },
            None => self.meet().await,
        }
    }

    async fn ask(&self, id: NodeId, seen: u64) -> Result<u64, String> {
        let request = Request::Sight { epoch: self.router.table.load().epoch().0, members: seen };
        match timeout(PATIENCE, self.net.ask(id, &request)).await {
            // whoever has left knows nobody any more, and may answer until its port is closed
            Ok(Ok(Reply::Sight(sight))) if !names(&sight, id) => Err("it is no member any more".into()),
            Ok(Ok(Reply::Sight(sight))) => Ok(self.take_in(sight).unwrap_or(seen)),
            Ok(Ok(_)) => Err("it answered something else".into()),
            Ok(Err(why)) => Err(why.to_string()),
            Err(_) => Err("it does not answer".into()),
        }
    }

    /// Returns the revision of the members, if there are new ones.
    fn take_in(&self, sight: Sight) -> Option<u64> {
        let table = sight.table.and_then(|bytes| SlotTable::from_bytes(&bytes).ok());
        if let Some(table) = table.filter(|table| table.epoch() > self.router.table.load().epoch()) {
            self.router.adopt(Arc::new(table));
        }
        let seen = sight.members?;
        let members = seen.iter().filter_map(|seen| member(seen.life()?, &seen.address));
        self.members.send_replace(Arc::new(Members::new(sight.revision, self.router.me, members)));
        Some(sight.revision)
    }

    /// Finds a member that answers a hello: one that is known, or one behind a seed.
    async fn meet(&mut self) {
        let known = self.members.borrow().clone();
        let mut addresses: VecDeque<String> = known.iter().map(|member| member.address.to_string()).collect();
        addresses.extend(self.seeds.iter().cloned());
        for address in addresses {
            match self.greet(&address).await {
                Ok(life) => return self.asked = Some((life.id, 0)),
                // who has said once what is wrong says it no more
                Err(why) if why.is_silence => _ = self.failures.entry(address).or_insert(why.text),
                Err(why) => _ = self.failures.insert(address, why.text),
            }
        }
        sleep(AGAIN).await;
    }

    async fn greet(&self, address: &str) -> Result<Life, Failure> {
        let failure = |text: String| Failure { text, is_silence: false };
        let found = tokio::net::lookup_host(address).await.map_err(|error| failure(error.to_string()))?;
        let mut why = failure("the name stands for no address".into());
        for address in found.collect::<Vec<SocketAddr>>() {
            match self.transport.greet(address).await {
                Ok(peer) => {
                    self.get_to_know(peer.life, address);
                    return Ok(peer.life);
                }
                Err(refused) => {
                    let is_silence = matches!(refused, Refused::Unreachable { .. });
                    why = Failure { text: refused.to_string(), is_silence };
                }
            }
        }
        Err(why)
    }

    /// So that it can be asked: what it says of the members comes in the place of this.
    fn get_to_know(&self, life: Life, address: SocketAddr) {
        self.members.send_modify(|members| {
            let others = members.iter().filter(|member| member.life.id != life.id).cloned();
            *members = Arc::new(Members::new(0, members.me(), others.chain(member(life, &address.to_string()))));
        });
    }
}

/// Why nobody was met at an address.
struct Failure {
    text: String,
    /// Nobody answered.
    is_silence: bool,
}

/// Whether who was asked is a member, as far as it says.
fn names(sight: &Sight, asked: NodeId) -> bool {
    let is_asked = |seen: &Seen| seen.life().is_some_and(|life| life.id == asked);
    sight.members.as_ref().is_none_or(|seen| seen.iter().any(is_asked))
}

/// A member as a client sees it: whoever others call up is worth a call.
fn member(life: Life, address: &str) -> Option<Arc<Member>> {
    let (state, standing) = (MemberState::Up, Standing::Healthy);
    Some(Arc::new(Member { life, address: address.parse().ok()?, state, standing, meta: Arc::default() }))
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::Generation;

    use super::*;

    #[test]
    fn whoever_does_not_name_itself_is_no_member_any_more() {
        let life = |id| Life { id: NodeId::new(id).unwrap(), generation: Generation(1) };
        let sight = |members: Option<&[u64]>| Sight {
            table: None,
            members: members.map(|ids| ids.iter().map(|id| Seen::new(life(*id), "127.0.0.1:1".into())).collect()),
            revision: 7,
        };
        let asked = life(1).id;
        assert!(names(&sight(Some(&[2, 1])), asked));
        assert!(names(&sight(None), asked), "nothing new");
        assert!(!names(&sight(Some(&[])), asked));
        assert!(!names(&sight(Some(&[2])), asked));
    }
}

//! Who serves a service, while some nodes have not said yet what they serve, or have not got their keys.

use std::sync::Arc;
use std::time::Instant;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Member, MemberState, Standing};
use consort_runtime::error::NotRun;

use super::peers::{Offered, names};
use super::router::{Router, UNTOLD};
use super::waiting::Patience;

impl Router {
    /// Looks for a service by its name among those of the other nodes; `None` if each has said what it serves, and none
    /// serves it. Cancel safe.
    ///
    /// # Errors
    /// Why that was not known until the deadline.
    pub(super) async fn find(&self, service: &str, deadline: Option<Instant>) -> Result<Option<&'static str>, NotRun> {
        let mut patience = Patience::of(&self.changes, None, deadline);
        loop {
            if self.peers.serve(service) {
                return Ok(names::kept(service));
            }
            if self.is_nowhere(service) {
                return Ok(None);
            }
            patience.wait(&UNTOLD.into()).await?;
        }
    }

    /// Whether it is certain that no other node serves the service: one that has just come, or has slots, may serve it as
    /// long as it has not said what it serves.
    pub(super) fn is_nowhere(&self, service: &str) -> bool {
        !self.peers.serve(service) && (self.is_over() || self.have_all_told())
    }

    /// Whether keys of an owner that serves nothing with keys are about to go to a node that has some, and may serve this.
    pub(super) fn is_going(&self, owner: Life, service: &str) -> bool {
        let is_keyless = |life: Life| match life == self.me {
            true => self.entrances.offered().is_keyless(),
            false => self.peers.of(life).is_some_and(|peer| peer.offered().is_some_and(Offered::is_keyless)),
        };
        let may_serve = |life: Life| match self.peers.of(life) {
            Some(peer) => peer.offered().is_none_or(|offered| offered.serves(service)),
            None => life != self.me || self.entrances.serves(service),
        };
        let is_to_have_keys = |member: &&Arc<Member>| member.state == MemberState::Up && member.meta.weight > 0;
        let members = self.members.borrow().clone();
        is_keyless(owner) && members.present().filter(is_to_have_keys).any(|member| may_serve(member.life))
    }

    /// Whether this node follows its cluster no more.
    fn is_over(&self) -> bool {
        self.members.has_changed().is_err()
    }

    fn have_all_told(&self) -> bool {
        let members = self.members.borrow().clone();
        // what is quarantined gets nothing, whatever it serves
        let present = members.present().filter(|member| member.standing != Standing::Quarantined);
        let lives = present.map(|member| member.life).chain(self.table.load().lives());
        lives.filter(|life| *life != self.me).all(|life| self.peers.is_known(life))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use consort_protocol::cluster::members::{Members, Meta};
    use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
    use tokio::sync::watch;

    use super::*;
    use crate::routing::fixture::{life, router};

    /// What a node with these others knows of them.
    fn members(others: &[(u64, Standing)]) -> Arc<Members> {
        let member = |&(id, standing): &(u64, Standing)| {
            let (address, meta) = ("10.0.0.1:7400".parse().unwrap(), Arc::new(Meta::default()));
            Arc::new(Member { life: life(id), address, state: MemberState::Up, standing, meta })
        };
        Arc::new(Members::new(1, life(1), others.iter().map(member)))
    }

    #[tokio::test]
    async fn keys_of_a_node_that_serves_none_go_to_who_may_serve_them() {
        let (changing, seen) = watch::channel(members(&[(2, Standing::Healthy)]));
        let router = router(seen).await;
        assert!(router.is_going(life(1), "cart"), "the other one has not said what it serves");
        assert!(!router.is_going(life(2), "cart"), "it may have keys");
        changing.send_replace(members(&[]));
        assert!(!router.is_going(life(1), "cart"), "there is nobody to whom they could go");
    }

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(20))
    }

    #[tokio::test]
    async fn who_has_just_come_may_serve_what_is_looked_for() {
        for standing in [Standing::Healthy, Standing::Suspect, Standing::Unverified] {
            let (members, seen) = watch::channel(members(&[(2, standing)]));
            let router = router(seen).await;
            assert_eq!(router.find("cart", soon()).await, Err(NotRun::Expired), "{standing}");
            assert!(!router.is_nowhere("cart"));
            drop(members);
        }
    }

    #[tokio::test]
    async fn who_has_slots_may_serve_it_though_it_is_no_member_yet() {
        let (_members, seen) = watch::channel(members(&[]));
        let router = router(seen).await;
        assert_eq!(router.find("cart", None).await, Ok(None));
        let (slot, owner) = (Slot::of_hash(7), Tenure { life: life(2), since: Epoch(1) });
        router.table.store(Arc::new(SlotTable::default().with([(slot, SlotState::Owned(owner))])));
        assert_eq!(router.find("cart", soon()).await, Err(NotRun::Expired));
    }

    #[tokio::test]
    async fn nobody_serves_it_once_nobody_is_left_who_may() {
        let (changing, seen) = watch::channel(members(&[(2, Standing::Healthy)]));
        let router = router(seen).await;
        let finding = tokio::spawn({
            let router = router.clone();
            async move { router.find("cart", None).await }
        });
        changing.send_replace(members(&[(2, Standing::Quarantined)]));
        assert_eq!(finding.await.unwrap(), Ok(None), "what is quarantined gets no calls");
        changing.send_replace(members(&[(2, Standing::Healthy)]));
        drop(changing);
        assert_eq!(router.find("cart", None).await, Ok(None), "the node has ended");
    }
}

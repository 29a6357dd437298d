//! Slots that come and go on before anybody has opened them.

use std::collections::BTreeMap;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use consort_protocol::cluster::slots::handoff::Message;
use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
use consort_protocol::cluster::{Generation, Life, NodeId};
use consort_protocol::time::Moment;
use tokio::sync::mpsc;
use tokio::sync::watch;

use crate::sharding::lease::Standing;
use crate::sharding::*;

/// Notes what is done to the actors of slots.
struct Noting(mpsc::Sender<String>);

impl Noting {
    fn note(&self, what: &str, slots: impl IntoIterator<Item = (Slot, Epoch)>) {
        for (slot, epoch) in slots {
            let _ = self.0.try_send(format!("{what} {} {}", slot.number(), epoch.0));
        }
    }
}

impl Actors for Noting {
    fn begin_to_leave(&self, _: &[Slot]) {}

    fn let_go(&self, slots: Vec<Slot>, left: mpsc::Sender<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.note("let go", slots.iter().map(|slot| (*slot, Epoch(0))));
        slots.into_iter().for_each(|slot| left.try_send(slot).expect("there is room for all slots"));
        Box::pin(ready(()))
    }

    fn until_back(&self, _: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(ready(()))
    }

    fn ship(&self, slot: Slot, to: Tenure) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        self.note("ship", [(slot, to.since)]);
        None
    }

    fn restore(&self, slots: &BTreeMap<Slot, Epoch>) {
        self.note("restore", slots.clone());
    }

    fn pass_on(&self, slots: &BTreeMap<Slot, Epoch>) {
        self.note("pass on", slots.clone());
    }

    fn forget(&self, _: Slot) {}

    fn begin(&self, _: &[Slot]) {}

    fn cut_off(&self, _: Vec<Slot>) {}
}

struct Mute;

impl Say for Mute {
    fn arrived(&self, _: Arrived) {}

    fn tell(&self, _: Life, _: Vec<Message>) {}
}

fn tenure(id: u64, since: u64) -> Tenure {
    Tenure { life: Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }, since: Epoch(since) }
}

#[tokio::test(start_paused = true)]
async fn what_came_for_a_slot_goes_on_with_it_when_the_next_table_sends_it_on() {
    let (mine, slot) = (tenure(1, 2), Slot::new(7).unwrap());
    let term = Arc::new(Term::new(Clock::of_the_runtime()));
    term.set(Some(Moment::after_start(std::time::Duration::MAX)));
    let ownership = Arc::new(Ownership::none(term));
    let (log, mut noted) = mpsc::channel(16);
    let holding = Holding::new(mine.life, ownership.clone(), Arc::new(Noting(log)), Arc::new(Mute));

    let owned = SlotTable::default().with([(slot, SlotState::Owned(tenure(2, 1)))]);
    let coming = owned.with([(slot, SlotState::Moving { from: tenure(2, 1), to: mine })]);
    let here = coming.settle([(slot, mine)]).unwrap();
    let going = here.with([(slot, SlotState::Moving { from: mine, to: tenure(3, 4) })]);
    let (tables, table) = watch::channel(Arc::new(coming));
    let (_standing, standing) = watch::channel(Standing::Active);
    let (_ear, mut told) = mpsc::channel(1);
    let run = tokio::spawn(async move { holding.run(table, standing, &mut told).await });
    tokio::task::yield_now().await;
    // nobody sees the table between: that the slot is here, and that it goes on, is one step
    tables.send_replace(Arc::new(going));
    let mut next = async || noted.recv().await.unwrap();
    assert_eq!([next().await, next().await, next().await], ["pass on 7 2", "let go 7 0", "ship 7 4"]);
    assert_eq!((ownership.since(slot), ownership.last(slot)), (None, Epoch(2)), "it was this node's, and never open");
    run.abort();
}

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use consort_cluster::transport::{
    Answers, Chore, Correlation, Host, Lane, Peer, Records, Serve, Transport, TransportConfig,
};

use crate::nodes::{config, identity, node, soon, until};

/// Answers controls at once. Each call is a chore, which says where it runs, and may keep its thread there.
#[derive(Default)]
struct Diligent {
    /// Chores wait for a word from the test, as long as there is one to wait for.
    gate: Mutex<Option<Receiver<()>>>,
    done_by: Mutex<Vec<ThreadId>>,
    handed_over: AtomicUsize,
}

struct Call {
    of: Arc<Diligent>,
    answer: Mutex<Option<(Answers, Correlation)>>,
}

struct Served(Arc<Diligent>);

impl Serve for Served {
    fn serve(&self, _: &Arc<Peer>, lane: Lane, batch: Records<'_>, answers: &Answers) {
        for record in batch {
            let Some(ask) = record.ask else { continue };
            if lane == Lane::Control {
                answers.answer(ask, |_| {});
                continue;
            }
            let call = Arc::new(Call { of: self.0.clone(), answer: Mutex::new(Some((answers.clone(), ask))) });
            if let Err(chore) = answers.soon(call) {
                chore.hand_over();
            }
        }
    }
}

impl Call {
    fn answer(&self) {
        let (answers, ask) = self.answer.lock().unwrap().take().unwrap();
        answers.answer(ask, |_| {});
    }
}

impl Chore for Call {
    fn run(self: Arc<Self>) {
        self.of.done_by.lock().unwrap().push(thread::current().id());
        let gate = self.of.gate.lock().unwrap().take();
        // an error says that the test is over
        gate.into_iter().for_each(|gate| gate.recv().unwrap_or_default());
        self.answer();
    }

    fn hand_over(self: Arc<Self>) {
        self.of.handed_over.fetch_add(1, Relaxed);
        self.answer();
    }
}

async fn diligent() -> (Arc<Diligent>, Transport) {
    let diligent = Arc::new(Diligent::default());
    let transport = node(2, Arc::new(Served(diligent.clone()))).await;
    (diligent, transport)
}

fn gate(diligent: &Diligent) -> Sender<()> {
    let (open, gate) = channel();
    *diligent.gate.lock().unwrap() = Some(gate);
    open
}

#[tokio::test]
async fn chores_are_done_by_the_thread_that_reads() {
    let (diligent, b) = diligent().await;
    let a = node(1, crate::echo::Echo::new()).await;
    let link = a.link(b.address(), None);
    for target in 0..20 {
        soon(link.ask(Lane::Call(target), |to| to.push(1))).await.unwrap();
    }
    let done_by = diligent.done_by.lock().unwrap().clone();
    assert_eq!(done_by.len() + diligent.handed_over.load(Relaxed), 20);
    assert!(done_by.windows(2).all(|pair| pair[0] == pair[1]), "one thread does them: {done_by:?}");
    assert_ne!(done_by.first(), Some(&thread::current().id()));
}

#[tokio::test]
async fn a_chore_that_takes_long_holds_up_nobody_else() {
    let (diligent, b) = diligent().await;
    let a = node(1, crate::echo::Echo::new()).await;
    let link = a.link(b.address(), None);
    let open = gate(&diligent);
    let stuck = link.ask(Lane::Call(0), |to| to.push(1));
    until(|| diligent.done_by.lock().unwrap().len() == 1).await;
    for _ in 0..3 {
        soon(link.ask(Lane::Control, |to| to.push(1))).await.unwrap();
        soon(link.ask(Lane::Call(1), |to| to.push(1))).await.unwrap();
    }
    assert_eq!(diligent.handed_over.load(Relaxed), 3, "what is left meanwhile is handed over");
    open.send(()).unwrap();
    soon(stuck).await.unwrap();
    // the thread is back: it does the next one itself, as soon as its deputy has seen that
    soon(async {
        while diligent.done_by.lock().unwrap().len() < 2 {
            link.ask(Lane::Call(1), |to| to.push(1)).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_transport_ends_while_a_chore_takes_long() {
    let (diligent, b) = diligent().await;
    let a = node(1, crate::echo::Echo::new()).await;
    let open = gate(&diligent);
    let stuck = a.link(b.address(), None).ask(Lane::Call(0), |to| to.push(1));
    until(|| diligent.done_by.lock().unwrap().len() == 1).await;
    let address = b.address();
    soon(b.close()).await;
    std::net::UdpSocket::bind(address).expect("the port is free");
    assert!(soon(stuck).await.is_err());
    drop(open);
}

#[tokio::test]
async fn without_a_thread_of_its_own_a_chore_comes_back() {
    let diligent = Arc::new(Diligent::default());
    let here = TransportConfig { host: Host::Here, ..config() };
    let b = Transport::bind(here, identity(2), Arc::new(Served(diligent.clone()))).await.unwrap();
    let a = node(1, crate::echo::Echo::new()).await;
    soon(a.link(b.address(), None).ask(Lane::Call(0), |to| to.push(1))).await.unwrap();
    assert_eq!(diligent.handed_over.load(Relaxed), 1);
}

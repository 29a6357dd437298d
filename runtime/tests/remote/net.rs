//! [`Net`]: several nodes in one process, and who of them has which service.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use consort::remote::{
    Answering, Doorstep, Ending, Entered, Incoming, Inside, Joining, Leaving, Message, Placed, Placement, Remote,
    Starting, Telling,
};
use consort::{Node, NodeBuilder, NotRun, Unknown};
use consort_testkit::TestNode;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

const NOBODY: usize = usize::MAX;
const UNDECIDED: usize = NOBODY - 1;

/// Nodes by their numbers. What is sent from one to another goes straight in at its door.
#[derive(Clone, Default)]
pub struct Net(Arc<State>);

#[derive(Default)]
struct State {
    owners: Mutex<HashMap<&'static str, usize>>,
    nodes: Mutex<HashMap<usize, Inside>>,
    lost: watch::Sender<HashSet<usize>>,
}

/// The net as one node sees it.
struct Seat {
    net: Net,
    me: usize,
}

impl Net {
    /// A node of this number, serving what `serve` says.
    pub async fn join(&self, me: usize, serve: impl FnOnce(NodeBuilder) -> NodeBuilder) -> TestNode {
        let seat = Seat { net: self.clone(), me };
        TestNode::start(serve(Node::builder().name(format!("node {me}"))).join(seat)).await.panics_allowed()
    }

    /// The actors of this service live on that node from now on. Where they lived they are to be sealed.
    pub fn give(&self, service: &'static str, to: usize) {
        self.0.owners.lock().insert(service, to);
    }

    /// Nobody serves it any more, and nobody has its actors.
    pub fn close(&self, service: &'static str) {
        self.give(service, NOBODY);
    }

    /// Nobody knows who has its actors, until they are given to somebody.
    pub fn hold(&self, service: &'static str) {
        self.give(service, UNDECIDED);
    }

    pub fn inside(&self, node: usize) -> Inside {
        self.0.nodes.lock()[&node].clone()
    }

    /// Nobody hears of this node any more, nor it of others.
    pub fn lose(&self, node: usize) {
        self.0.lost.send_modify(|lost| _ = lost.insert(node));
    }

    fn owner(&self, service: &str) -> Option<usize> {
        self.0.owners.lock().get(service).copied()
    }
}

impl Joining for Seat {
    fn start(self: Box<Self>, inside: Inside) -> Starting {
        self.net.0.nodes.lock().insert(self.me, inside);
        Box::pin(async move { Ok(Arc::new(*self) as Arc<dyn Remote>) })
    }
}

impl Seat {
    /// Lets a message in where its actor lives.
    fn enter<T>(&self, message: &Message, how: impl FnOnce(usize, Incoming<'_>) -> T) -> Result<T, NotRun> {
        let service = message.service;
        let to = self.net.owner(service).filter(|owner| *owner != NOBODY);
        let to = to.ok_or_else(|| NotRun::NotServed { service: service.into(), served: [].into() })?;
        if to == UNDECIDED {
            return Err(NotRun::NoOwner { reason: "it is on its way".into() });
        }
        Ok(how(to, Incoming::from(message)))
    }

    /// Ends once one of the two is lost.
    async fn lost(mut lost: watch::Receiver<HashSet<usize>>, [one, other]: [usize; 2]) {
        let is_lost = lost.wait_for(|lost| lost.contains(&one) || lost.contains(&other));
        assert!(is_lost.await.is_ok(), "the net outlives its nodes");
    }
}

impl Remote for Seat {
    fn place(&self, service: &'static str, _: Placement, _: bool) -> Placed {
        if self.net.owner(service).is_none_or(|owner| owner == self.me) { Placed::Here } else { Placed::Away }
    }

    fn fence(&self, _: Placement) -> u64 {
        1
    }

    fn ask(&self, message: Message) -> Answering {
        let (net, me) = (self.net.clone(), self.me);
        let entered = self.enter(&message, |to, incoming| {
            let entrance = net.inside(to).door().entrance(message.service, message.method);
            let asked = entrance.map(|entrance| entrance.ask(incoming, &Arc::<Doorstep>::default()));
            (to, asked.unwrap_or_else(|why| Entered::Ended(Err(why.into()))))
        });
        let lost = self.net.0.lost.subscribe();
        Box::pin(async move {
            let (to, entered) = entered?;
            tokio::select! {
                biased;
                () = Seat::lost(lost, [me, to]) => {
                    Err(Unknown::Lost { node: format!("node {to}").into(), reason: "it was killed".into() }.into())
                }
                answer = entered.end() => answer,
            }
        })
    }

    fn tell(&self, message: Message) -> Telling {
        let told = self.try_tell(message);
        Box::pin(async move { told })
    }

    fn try_tell(&self, message: Message) -> Result<(), NotRun> {
        let net = self.net.clone();
        self.enter(&message, |to, incoming| {
            net.inside(to).door().entrance(message.service, message.method)?.try_tell(incoming)
        })?
    }

    fn leave(&self, _: Instant) -> Leaving<'_> {
        Box::pin(async { Ok(()) })
    }

    fn ended(&self) -> Ending {
        Box::pin(async {})
    }
}

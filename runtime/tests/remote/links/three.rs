//! [`Three`]: three nodes, a clerk and an order that are linked.

use std::time::Duration;

use consort::prelude::*;
use consort::remote::Sealed;
use consort::supervision::ExitReason;
use consort::{Events, Happened};
use consort_testkit::{Gate, TestNode, until};
use tokio::time::Instant;

use crate::net::Net;

/// Is linked to clerks, and works while its gate is shut.
pub struct Order {
    pub gate: Gate,
}

#[service(name = "order", key = "/order/{id: u32}")]
impl Order {
    pub async fn pay(&mut self) {}

    pub async fn fail(&mut self) {
        panic!("no money");
    }

    pub async fn fail_later(&mut self) {
        self.gate.pass().await;
        panic!("no money");
    }

    pub async fn wait(&mut self) {
        self.gate.pass().await;
    }

    pub async fn link(&mut self, cx: &Cx, clerk: ClerkRef) -> Option<String> {
        cx.link(&clerk).err().map(|error| error.to_string())
    }

    pub async fn unlink(&mut self, cx: &Cx, clerk: ClerkRef) {
        cx.unlink(&clerk);
    }
}

/// Is linked to orders.
#[derive(Default)]
pub struct Clerk;

#[service(name = "clerk", key = "/clerk/{id: u32}")]
impl Clerk {
    pub async fn work(&mut self) {}

    pub async fn fail(&mut self) {
        panic!("too tired");
    }

    pub async fn link(&mut self, cx: &Cx, order: OrderRef) -> Option<String> {
        cx.link(&order).err().map(|error| error.to_string())
    }

    pub async fn link_and_fail(&mut self, cx: &Cx, order: OrderRef) {
        cx.link(&order).unwrap();
        panic!("too tired");
    }

    pub async fn unlink(&mut self, cx: &Cx, order: OrderRef) {
        cx.unlink(&order);
    }
}

/// Nobody finds it from another node.
#[derive(Default)]
pub struct Private;

#[service(name = "private", key = "/private/{id: u32}", local)]
impl Private {
    pub async fn link(&mut self, cx: &Cx, order: OrderRef) -> Option<String> {
        cx.link(&order).err().map(|error| error.to_string())
    }
}

/// Three nodes. Clerks live on the first one, orders on the second.
pub struct Three {
    pub net: Net,
    pub nodes: [TestNode; 3],
    pub gate: Gate,
    ends: [Events; 3],
}

pub const CLERK: &str = "clerk/clerk/1";
pub const ORDER: &str = "order/order/7";

impl Three {
    pub async fn start() -> Self {
        let (net, gate) = (Net::default(), Gate::closed());
        net.give("clerk", 0);
        net.give("order", 1);
        let node = |number| {
            let (net, gate) = (net.clone(), gate.clone());
            let make = move |_: u32| std::future::ready(Ok::<_, Never>(Order { gate: gate.clone() }));
            async move { net.join(number, |node| node.serve::<Clerk>().serve_with(make).serve::<Private>()).await }
        };
        let nodes = [node(0).await, node(1).await, node(2).await];
        let ends = [0, 1, 2].map(|number: usize| nodes[number].events());
        Three { net, nodes, gate, ends }
    }

    /// The clerk and the order, each as its own node sees it, both at work.
    pub async fn pair(&self) -> (ClerkRef, OrderRef) {
        let pair = (self.nodes[0].get::<Clerk>(1), self.nodes[1].get::<Order>(7));
        pair.0.work().await.unwrap();
        pair.1.pay().await.unwrap();
        pair
    }

    /// They are linked, as both nodes know.
    pub async fn linked_pair(&self) -> (ClerkRef, OrderRef) {
        let (clerk, order) = self.pair().await;
        assert_eq!(clerk.link(self.nodes[0].get::<Order>(7)).await, Ok(None));
        self.until_bonds([1, 1, 0]).await;
        (clerk, order)
    }

    pub async fn until_bonds(&self, count: [usize; 3]) {
        until(|| [0, 1, 2].map(|number: usize| self.nodes[number].bonds()) == count)
            .waiting_for(format!("{count:?} halves of links"))
            .await;
    }

    /// The actor leaves for another node; what is left of it in the first.
    pub fn leave(&self, service: &'static str, path: &str, [from, to]: [usize; 2]) -> Sealed {
        let placement = self.net.inside(from).placement(service, path).unwrap();
        self.net.give(service, to);
        self.net.inside(from).slots().seal(&|other| other == placement)
    }

    /// The actor moves to another node.
    pub async fn bring(&self, service: &'static str, path: &str, way: [usize; 2]) {
        let mut sealed = self.leave(service, path, way);
        while sealed.count() > 0 {
            sealed.drain(Instant::now() + Duration::from_secs(10)).await;
            sealed = self.leave(service, path, way);
        }
    }

    /// The node of the order has lost it.
    pub fn fence_order(&self) {
        let placement = self.net.inside(1).placement("order", "/order/7").unwrap();
        self.net.inside(1).slots().fence(&|other| other == placement);
    }

    /// The crashes that a node told of so far.
    pub fn crashes(&mut self, node: usize) -> Vec<ExitReason> {
        let mut crashes = Vec::new();
        while let Some(event) = self.ends[node].try_next() {
            if let Happened::Crashed { reason } = event.happened {
                crashes.push(reason);
            }
        }
        crashes
    }
}

pub fn linked(to: &str) -> ExitReason {
    ExitReason::Linked(to.into())
}

pub async fn until_ended(reference: &impl Reference) {
    until(|| reference.status().error.is_some()).waiting_for("the other one to end").await;
}

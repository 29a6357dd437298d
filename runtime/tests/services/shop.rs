//! Services that need each other, whose steps the test sees and decides: for the tests of services as wholes.

use std::collections::BTreeSet;
use std::sync::Arc;

use consort::prelude::*;
use consort::{CallError, Events, Happened, ServiceHandle, ServiceState};
use consort_testkit::{Gate, Probe};
use parking_lot::Mutex;

/// What the services of one test share.
#[derive(Clone, Default)]
pub struct Shop {
    pub log: Probe<String>,
    /// Steps that fail, as `stock start`.
    fails: Arc<Mutex<BTreeSet<String>>>,
}

impl Shop {
    /// The step fails from now on, or no longer.
    pub fn break_step(&self, step: &str, broken: bool) {
        let mut fails = self.fails.lock();
        if broken {
            fails.insert(step.to_owned())
        } else {
            fails.remove(step)
        };
    }

    fn step(&self, step: &str) -> Result<(), String> {
        self.log.note(step.to_owned());
        if self.fails.lock().contains(step) { Err(format!("{step} refused")) } else { Ok(()) }
    }

    /// What has happened since it was last asked.
    pub fn seen(&self) -> String {
        self.log.take().join(", ")
    }
}

macro_rules! shop {
    ($($service:ident $name:literal [$($options:tt)*];)+) => {$(
        pub struct $service {
            shop: Shop,
        }

        #[service(name = $name, local, $($options)*)]
        impl $service {
            #[start]
            async fn open(&mut self) -> Result<(), String> {
                self.shop.step(concat!($name, " start"))
            }

            #[started]
            async fn opened(&mut self) -> Result<(), String> {
                self.shop.step(concat!($name, " started"))
            }

            #[stop]
            async fn close(&mut self) {
                let _ = self.shop.step(concat!($name, " stop"));
            }

            pub async fn work(&mut self) -> &'static str {
                $name
            }

            pub async fn wait(&mut self, gate: Gate) {
                gate.pass().await;
            }

            pub async fn fall(&mut self) {
                panic!("fell");
            }
        }

        impl $service {
            pub fn of(shop: &Shop) -> impl Fn(()) -> std::future::Ready<Result<Self, Never>> + Send + Sync + 'static {
                let shop = shop.clone();
                move |()| std::future::ready(Ok($service { shop: shop.clone() }))
            }
        }
    )+};
}

shop! {
    Stock "stock" [version = "1.2.0"];
    Cart "cart" [depends(hard = "stock ^1.2")];
    Till "till" [depends(hard = "cart")];
    Mail "mail" [depends(soft = "stock")];
    Lamp "lamp" [enabled = false];
}

pub fn service(node: &Node, name: &str) -> ServiceHandle {
    node.service(name).unwrap()
}

pub fn state(node: &Node, name: &str) -> ServiceState {
    service(node, name).status().state
}

/// The states that the services went through, as `stock Running`, and what the keep-alive loop did.
pub fn turns(events: &mut Events) -> Vec<String> {
    let told = std::iter::from_fn(|| events.try_next());
    told.filter_map(|event| match event.happened {
        Happened::Service { to, .. } => Some(format!("{} {to}", event.service)),
        Happened::KeptAlive => Some(format!("{} kept", event.service)),
        Happened::KeepAliveGaveUp { .. } => Some(format!("{} not kept", event.service)),
        _ => None,
    })
    .collect()
}

pub fn code<T>(outcome: Result<T, CallError>) -> String {
    outcome.err().map(|error| error.code().to_string()).unwrap_or_default()
}

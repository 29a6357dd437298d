//! Nodes with keys that serve different services.

use consort_cluster::ClusterExt;
use consort_runtime::error::Code;
use consort_runtime::{CallError, NotRun, Reference, service};
use serde_json::json;

use crate::nodes::{address, client, of, serving, settings, until, until_spread};

/// Only one of the nodes serves it.
#[derive(Default)]
pub struct Lamp {
    lit: bool,
}

#[service(name = "lamp", key = "/lamp/{number: u32}")]
impl Lamp {
    /// Switches it; whether it is lit then.
    pub async fn switch(&mut self) -> bool {
        self.lit = !self.lit;
        self.lit
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_on_a_node_without_its_service_is_refused_with_those_that_serve_it() {
    let with = serving("with").serve::<Lamp>().join(settings(&[])).start().await.unwrap();
    let without = serving("without").join(settings(&[address(&with)])).start().await.unwrap();
    for node in [&with, &without] {
        until_spread(node, 2).await;
    }
    let client = client(&[address(&with)]).await;
    let (server, lacker) = (of(&with).me().id, of(&without).me().id);
    let lives_on = |number: u32| with.explain::<Lamp>(number).unwrap().holder().unwrap().life.id;
    let [good, bad] = [server, lacker].map(|id| (0..).find(|number| lives_on(*number) == id).unwrap());
    let expected = NotRun::owner_lacks("lamp", lacker.to_string(), [server.to_string()]);
    assert_eq!(expected.code(), Code::OWNER_LACKS_SERVICE);
    for node in [&with, &without, client.node()] {
        let lamp: LampRef = node.get::<Lamp>(bad);
        assert_eq!(lamp.switch().await, Err(CallError::NotRun(expected.clone())), "{node:?}");
        assert_eq!(lamp.switch().push().await, Err(expected.clone()), "{node:?}");
        // the slot has just moved, and what queued for it may still be on its way out
        until(|| lamp.switch().try_push() != Err(NotRun::Full { limit: 0 })).await;
        assert_eq!(lamp.switch().try_push(), Err(expected.clone()), "{node:?}");
        assert_eq!(lamp.start().await, Err(expected.clone()), "{node:?}");
        let named = node.call("lamp", &format!("/lamp/{good}"), "switch", json!({})).await;
        assert!(named.is_ok(), "{node:?}: {named:?}");
    }
    let lit = without.get::<Lamp>(good).switch().await;
    assert_eq!(lit, Ok(false), "three have switched it by name, each of them the same one");
    client.close().await.unwrap();
    without.shutdown().await.unwrap();
    with.shutdown().await.unwrap();
}

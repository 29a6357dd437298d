//! Links and watches between actors.

use std::sync::Arc;
use std::time::Duration;

use consort::prelude::*;
use consort_testkit::{until, until_async};
use parking_lot::Mutex;

type Heard = Arc<Mutex<Vec<String>>>;

/// Follows others and is linked to others, as it is told.
struct Person {
    heard: Heard,
}

#[service(name = "person", key = "/person/{name}", local)]
impl Person {
    pub async fn watch(&mut self, cx: &Cx, other: PersonRef) -> Option<String> {
        let me = cx.this::<Person>().expect("a handler of a person");
        let told = cx.watch(&other, async move |end| {
            me.hear(format!("{} {}", end.who, end.reason)).push().await.expect("there is room");
        });
        told.err().map(|error| error.to_string())
    }

    pub async fn unwatch(&mut self, cx: &Cx, other: PersonRef) {
        cx.unwatch(&other);
    }

    pub async fn link(&mut self, cx: &Cx, other: PersonRef) -> Option<String> {
        cx.link(&other).err().map(|error| error.to_string())
    }

    pub async fn unlink(&mut self, cx: &Cx, other: PersonRef) {
        cx.unlink(&other);
    }

    pub async fn hear(&mut self, what: String) {
        self.heard.lock().push(what);
    }

    pub async fn die(&mut self) {
        panic!("a shock");
    }

    pub async fn live(&mut self) {}
}

async fn people() -> (Node, Heard) {
    let heard = Heard::default();
    let theirs = heard.clone();
    let factory = move |_| {
        let heard = theirs.clone();
        async move { Ok::<_, Never>(Person { heard }) }
    };
    (Node::builder().serve_with(factory).start().await.unwrap(), heard)
}

fn person(node: &Node, name: &str) -> PersonRef {
    node.get::<Person>(name)
}

/// All that was sent to `person` before has been handled.
async fn settled(person: &PersonRef) {
    tokio::task::yield_now().await;
    person.live().await.unwrap();
}

#[tokio::test]
async fn a_watcher_is_told_once_with_the_reason() {
    let (node, heard) = people().await;
    let (ann, bob) = (person(&node, "ann"), person(&node, "bob"));
    assert_eq!(ann.watch(bob.clone()).await, Ok(None));
    assert_eq!(ann.watch(bob.clone()).await, Ok(None), "the same watch");
    bob.live().await.unwrap();
    bob.die().await.unwrap_err();
    until(|| !heard.lock().is_empty()).await;
    bob.live().await.unwrap();
    bob.die().await.unwrap_err();
    settled(&ann).await;
    assert_eq!(*heard.lock(), ["person/person/bob panicked: a shock"], "a watch is used up");
}

#[tokio::test]
async fn a_watcher_of_one_that_is_gone_is_told_at_once() {
    let (node, heard) = people().await;
    let (ann, bob) = (person(&node, "ann"), person(&node, "bob"));
    bob.live().await.unwrap();
    bob.stop().await.unwrap();
    ann.watch(bob.clone()).await.unwrap();
    until(|| !heard.lock().is_empty()).await;
    assert_eq!(*heard.lock(), ["person/person/bob stopped normally"]);
}

#[tokio::test(start_paused = true)]
async fn who_watches_one_that_has_started_anew_since_and_sleeps_is_not_told_of_the_end_before() {
    let (node, heard) = people().await;
    let (ann, bob) = (person(&node, "ann"), person(&node, "bob"));
    bob.live().await.unwrap();
    bob.die().await.unwrap_err();
    bob.live().await.unwrap();
    let naps = async || {
        tokio::time::sleep(Duration::from_secs(30)).await;
        bob.status().state == LifeState::NotStarted
    };
    until_async(naps).within(Duration::from_secs(3_600)).waiting_for("bob to sleep").await;
    ann.watch(bob.clone()).await.unwrap();
    settled(&ann).await;
    assert_eq!(*heard.lock(), [""; 0]);
    bob.stop().await.unwrap();
    until(|| !heard.lock().is_empty()).await;
    assert_eq!(*heard.lock(), ["person/person/bob stopped normally"]);
}

#[tokio::test]
async fn a_watch_that_was_given_up_tells_nothing() {
    let (node, heard) = people().await;
    let (ann, bob, eve) = (person(&node, "ann"), person(&node, "bob"), person(&node, "eve"));
    bob.live().await.unwrap();
    ann.watch(bob.clone()).await.unwrap();
    eve.watch(bob.clone()).await.unwrap();
    ann.unwatch(bob.clone()).await.unwrap();
    bob.stop().await.unwrap();
    until(|| !heard.lock().is_empty()).await;
    settled(&ann).await;
    assert_eq!(heard.lock().len(), 1, "eve alone is told");
}

#[tokio::test]
async fn those_who_are_linked_end_together_and_start_anew() {
    let (node, _) = people().await;
    let (ann, bob, eve) = (person(&node, "ann"), person(&node, "bob"), person(&node, "eve"));
    eve.live().await.unwrap();
    ann.link(bob.clone()).await.unwrap();
    bob.link(eve.clone()).await.unwrap();
    let (of_bob, of_eve) = (bob.status().activation, eve.status().activation);
    ann.die().await.unwrap_err();
    let ended = |who: &PersonRef| who.status().error.is_some();
    until(|| ended(&bob) && ended(&eve)).await;
    assert!(bob.status().error.unwrap().contains("ended with person/person/ann, to which it was linked"));
    bob.live().await.unwrap();
    eve.live().await.unwrap();
    assert_ne!((bob.status().activation, eve.status().activation), (of_bob, of_eve));
}

#[tokio::test]
async fn a_normal_stop_dissolves_the_link() {
    let (node, _) = people().await;
    let (ann, bob) = (person(&node, "ann"), person(&node, "bob"));
    bob.live().await.unwrap();
    ann.link(bob.clone()).await.unwrap();
    let before = bob.status().activation;
    ann.stop().await.unwrap();
    ann.live().await.unwrap();
    ann.die().await.unwrap_err();
    settled(&bob).await;
    assert_eq!(bob.status().activation, before);
}

#[tokio::test]
async fn whoever_links_to_one_that_crashed_ends() {
    let (node, _) = people().await;
    let (ann, bob) = (person(&node, "ann"), person(&node, "bob"));
    bob.die().await.unwrap_err();
    ann.link(bob.clone()).await.unwrap();
    until(|| ann.status().error.is_some()).await;
}

#[tokio::test]
async fn an_actor_is_not_bound_to_itself() {
    let (node, _) = people().await;
    let ann = person(&node, "ann");
    let (watch, link) = (ann.watch(ann.clone()).await.unwrap(), ann.link(ann.clone()).await.unwrap());
    let text = "person/person/ann cannot be bound to itself [C0060]";
    assert_eq!((watch.as_deref(), link.as_deref()), (Some(text), Some(text)));
}

#[tokio::test]
async fn as_many_watches_as_are_allowed_and_not_one_more() {
    let (node, _) = people().await;
    let ann = person(&node, "ann");
    for number in 0..1_024 {
        assert_eq!(ann.watch(person(&node, &number.to_string())).await, Ok(None));
    }
    let refused = ann.watch(person(&node, "one too many")).await.unwrap().unwrap();
    assert!(refused.ends_with("1024 links or watches already, and no actor may have more [C0061]"), "{refused}");
    ann.unwatch(person(&node, "7")).await.unwrap();
    assert_eq!(ann.watch(person(&node, "one too many")).await, Ok(None), "there is room again");
}

//! What a node tells of its services, for a test to wait for.

use std::collections::VecDeque;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};

use consort_runtime::{Event, Events, Happened, Reference};

use crate::TestNode;
use crate::until::until;

/// The events of a node since its start that no expectation has passed yet.
#[derive(Debug)]
pub(crate) struct Told(Mutex<Heard>);

#[derive(Debug)]
struct Heard {
    events: Events,
    kept: VecDeque<Event>,
}

impl Told {
    pub(crate) fn by(events: Events) -> Self {
        Told(Mutex::new(Heard { events, kept: VecDeque::new() }))
    }

    /// Takes the first event that fits, and all before it.
    fn take(&self, fits: &mut impl FnMut(&Event) -> bool) -> Option<Event> {
        let mut heard = self.heard();
        let at = heard.kept.iter().position(fits)?;
        heard.kept.drain(..=at).next_back()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        // whoever panicked with the lock held did not leave half an event
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(event) = heard.events.try_next() {
            heard.kept.push_back(event);
        }
        heard
    }
}

impl TestNode {
    /// Waits for an event that fits, and takes it together with all before it: the next expectation looks behind it.
    ///
    /// ```
    /// # extern crate consort_runtime as consort;
    /// # use consort::prelude::*;
    /// # use consort::Happened;
    /// # use consort_testkit::TestNode;
    /// # #[derive(Default)]
    /// # pub struct Glass;
    /// #
    /// # #[service(key = "/glass/{id: u32}")]
    /// # impl Glass {
    /// #     pub async fn fall(&mut self) { panic!("shards") }
    /// #     pub async fn ring(&self) {}
    /// # }
    /// #
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let node = TestNode::of::<Glass>().await.panics_allowed();
    /// let glass = node.get::<Glass>(7);
    /// glass.fall().await.unwrap_err();
    /// node.expect_event(|event| matches!(event.happened, Happened::Crashed { .. })).await;
    /// glass.ring().await.unwrap();
    /// node.expect_restart(&glass).await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// When none comes within 10 seconds.
    ///
    /// # Cancel safety
    /// Cancel safe: no event is lost.
    #[track_caller]
    pub fn expect_event(&self, fits: impl FnMut(&Event) -> bool) -> impl Future<Output = Event> {
        self.event_at("an event of the node", fits, Location::caller())
    }

    /// Waits until the actor is up again after a crash, as [`expect_event`](TestNode::expect_event) does.
    ///
    /// # Panics
    /// When that does not happen within 10 seconds.
    ///
    /// # Cancel safety
    /// Cancel safe: no event is lost.
    #[track_caller]
    pub fn expect_restart<R: Reference>(&self, actor: &R) -> impl Future<Output = Event> {
        let path = actor.path();
        let fits = move |event: &Event| {
            matches!(event.happened, Happened::Restarted) && event.path.as_deref() == Some(path.as_str())
        };
        self.event_at("a restart", fits, Location::caller())
    }

    /// The events that no expectation has passed yet, as they print.
    pub fn told(&self) -> Vec<String> {
        self.told.heard().kept.iter().map(Event::to_string).collect()
    }

    async fn event_at(
        &self,
        what: &'static str,
        mut fits: impl FnMut(&Event) -> bool,
        place: &'static Location<'static>,
    ) -> Event {
        let mut found = None;
        until(|| {
            found = self.told.take(&mut fits);
            found.is_some()
        })
        .waiting_for(what)
        .at(place)
        .await;
        found.expect("the wait ends with an event")
    }
}

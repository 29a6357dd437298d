//! [`Probe`]: what happened, in order, for the test to look at.

use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::until::until;

/// A list that actors write and the test reads. Clones are the same list: give one to a service's factory, to a
/// hook, to a stand-in of a service others depend on.
///
/// ```
/// use consort_testkit::Probe;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let probe = Probe::new();
/// let other = probe.clone();
/// tokio::spawn(async move {
///     other.note("begun");
///     other.note("ended");
/// });
/// probe.expect("begun").await;
/// assert_eq!(probe.next().await, "ended");
/// probe.expect_none();
/// # }
/// ```
pub struct Probe<T> {
    notes: Arc<Mutex<VecDeque<T>>>,
}

impl<T> Probe<T> {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Probe { notes: Arc::default() }
    }

    /// Writes down that something happened.
    pub fn note(&self, what: T) {
        self.notes().push_back(what);
    }

    /// Takes all that has happened and was not taken yet, oldest first.
    pub fn take(&self) -> Vec<T> {
        self.notes().drain(..).collect()
    }

    /// Takes the oldest note; waits for one if there is none.
    ///
    /// # Panics
    /// When none comes within 10 seconds.
    ///
    /// # Cancel safety
    /// Cancel safe: no note is lost.
    #[track_caller]
    pub fn next(&self) -> impl Future<Output = T> + use<'_, T> {
        self.next_at(Location::caller())
    }

    async fn next_at(&self, place: &'static Location<'static>) -> T {
        let mut taken = None;
        until(|| {
            taken = self.notes().pop_front();
            taken.is_some()
        })
        .waiting_for("a note of a probe")
        .at(place)
        .await;
        taken.expect("the wait ends with a note")
    }

    fn notes(&self) -> MutexGuard<'_, VecDeque<T>> {
        // Whoever panicked with the lock held did not leave half a note.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Debug> Probe<T> {
    /// Takes the oldest note, waiting for it, which must be `wanted`.
    ///
    /// # Panics
    /// When another comes, or none within 10 seconds.
    ///
    /// # Cancel safety
    /// Cancel safe: no note is lost.
    #[track_caller]
    pub fn expect(&self, wanted: T) -> impl Future<Output = ()> + use<'_, T>
    where
        T: PartialEq,
    {
        let place = Location::caller();
        async move {
            let found = self.next_at(place).await;
            assert!(found == wanted, "{place}: expected {wanted:?}, the probe has {found:?}");
        }
    }

    /// Nothing has happened that was not taken. Looks at this moment and waits for nothing: ask the actor something
    /// first (`ping` will do), and what was sent to it before has been done.
    ///
    /// # Panics
    /// When there is a note, with all of them.
    #[track_caller]
    pub fn expect_none(&self) {
        let notes = self.take();
        assert!(notes.is_empty(), "expected no more notes, the probe has {notes:?}");
    }
}

impl<T> Clone for Probe<T> {
    fn clone(&self) -> Self {
        Probe { notes: self.notes.clone() }
    }
}

impl<T> Default for Probe<T> {
    fn default() -> Self {
        Probe::new()
    }
}

impl<T: Debug> Debug for Probe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probe").field(&*self.notes()).finish()
    }
}

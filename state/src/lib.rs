//! Where the states of actors are kept, so that they outlive their nodes.
//!
//! [`StateStore`] is the trait; [`MemoryStateStore`] forgets with the process; [`RedbStateStore`] is a file. A program
//! that keeps its data in a database implements the trait over it, and runs the suite in `testing`.
//!
//! A store keeps a state and a [`Fence`] for each actor. An activation claims the state when it starts: it gets what was
//! saved last, and the fence under which it may save; from then on nobody saves who claimed it before. So a node that was
//! paused, lost the actor to another node, and does not know it yet cannot undo what its successor wrote.
//!
//! ```text
//! node 1, epoch 5   claim ──► (5, 1)      save (5, 1) ──► refused: the newest is (7, 2)
//! node 2, epoch 7            claim ──► (7, 2)      save (7, 2) ──► saved
//! ```
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use consort_state::{MemoryStateStore, StateError, StateKey, StateStore};
//!
//! let store = MemoryStateStore::new();
//! let counter = StateKey { service: "counter", path: "/counter/orders" };
//! let first = store.claim(counter, 5).await?;
//! store.save(counter, first.fence, "3".into()).await?;
//!
//! let second = store.claim(counter, 7).await?;
//! assert_eq!(second.state.as_deref(), Some(b"3".as_slice()));
//! let late = store.save(counter, first.fence, "4".into()).await;
//! assert!(matches!(late, Err(StateError::Fenced { newest }) if newest == second.fence));
//! # Ok::<_, StateError>(())
//! # }).unwrap();
//! ```

mod contract;
mod error;
mod fence;
mod kept;
mod memory;
#[cfg(feature = "redb")]
mod redb;
#[cfg(feature = "testing")]
pub mod testing;

pub use contract::{Claimed, Pending, StateKey, StateStore};
#[cfg(feature = "redb")]
pub use error::OpenError;
pub use error::StateError;
pub use fence::Fence;
pub use memory::MemoryStateStore;
#[cfg(feature = "redb")]
pub use redb::RedbStateStore;

//! The suite that every implementation of [`Discovery`](super::Discovery) passes.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use consort_cluster::membership::discovery::{Discovery, SeedList, testing};
//!
//! struct Lists;
//! impl testing::Fixture for Lists {
//!     fn with(&self, entries: &[&str]) -> Box<dyn Discovery> {
//!         let list = SeedList::new(entries.iter().copied()).expect("entries of the suite are good");
//!         Box::new(list.resolver(testing::Names))
//!     }
//! }
//! testing::conformance(&Lists).await;
//! # });
//! ```

mod names;
mod suite;

pub use names::Names;
pub use suite::{Fixture, conformance};

//! Where other nodes may be: the trait [`Discovery`], a list of seeds, and a file of them.
//!
//! A seed is `host:port`. A name stands for all of its addresses, and is resolved anew for every try, so a headless
//! service or a round-robin record works as a seed. `testing`, a feature, has the suite that every implementation passes.

#[cfg(feature = "testing")]
pub mod testing;

mod discovery_trait;
mod error;
mod resolve;
mod seed_file;
mod seed_list;

pub use discovery_trait::{Discovering, Discovery};
pub use error::{BadSeed, DiscoveryError};
pub use resolve::{Resolve, Resolving, SystemResolver};
pub use seed_file::SeedFile;
pub use seed_list::{SEEDS_MAX, SeedList};

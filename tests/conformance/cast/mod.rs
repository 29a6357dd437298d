//! The services that the rules call. Actors whose keys begin with one place live together.

mod crew;
mod narrow;
mod parcel;
mod prompter;
mod relay;
mod serve;
mod worker;

pub use crew::{Absent, Broken, Crew, Rare, RareRef, Secret};
pub use narrow::Narrow;
pub use parcel::Parcel;
pub use prompter::{Prompter, PrompterRef};
pub use relay::{Passed, Relay, RelayRef};
pub use serve::serve;
pub use worker::{Refused, Worker, WorkerRef};

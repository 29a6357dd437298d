//! Peers: other actor crates, each as its own documentation says it is used, with its default mailbox.

mod actix;
mod coerce;
mod kameo;
mod ractor;
mod xtra;

pub use actix::Actix;
pub use coerce::Coerce;
pub use kameo::Kameo;
pub use ractor::Ractor;
pub use xtra::Xtra;

//! Answers: what became of a call.

mod failure;
mod outcome;
#[expect(clippy::module_inception, reason = "a reply is the main type of its folder")]
mod reply;

pub use failure::Failure;
pub use outcome::Outcome;
pub use reply::Reply;

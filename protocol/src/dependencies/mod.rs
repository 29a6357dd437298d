//! Who needs whom, in which version, and what follows when it is missing.
//!
//! ```text
//!  Declarations ──► Graph: start order, stop order, or the cycle
//!                     │
//!  providers come ──► Dependencies ──► Start · Wait · Stop · Degrade · Resume · SoftLost · SoftFound
//!  and go
//! ```
//!
//! A hard requirement holds its service back: without it the service waits, and when it is lost the service is stopped
//! or degraded, as declared. A soft one never does: while it is missing, calls to it fail fast, and the status says
//! so. Ranges are Cargo's ([`semver::VersionReq`]): `^1.2` takes 1.2.0 up to, but without, 2.0.0, and no pre-release.

mod command;
mod declaration;
mod error;
mod graph;
mod machine;
mod missing;
mod providers;
mod requirement;

pub use command::{Command, Standing};
pub use declaration::{Declaration, OnLost};
pub use error::{GraphError, RequirementError};
pub use graph::Graph;
pub use machine::Dependencies;
pub use missing::Missing;
pub use providers::Providers;
pub use requirement::{Requirement, Strength};
pub use semver::{Version, VersionReq};

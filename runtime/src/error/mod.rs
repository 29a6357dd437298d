//! What can go wrong, one type for each operation.
//!
//! A call that failed says what became of it: [`CallError::App`] the handler ran and refused,
//! [`NotRun`] it did not run, [`Unknown`] it may have run. Every error has a [`Code`] with a page in
//! `docs/errors/`.

mod call;
mod code;
#[cfg(feature = "config")]
mod config;
mod detail;
mod hook;
mod letter;
mod manifest;
mod never;
mod not_run;
mod packed;
mod run;
#[cfg(feature = "state")]
mod save;
mod start;
mod unknown;
mod unknown_service;
mod version;

pub use call::CallError;
pub use code::Code;
#[cfg(feature = "config")]
pub use config::ConfigError;
pub use detail::{Contract, OwnerLacks, UnknownMethod, VersionUnavailable, WrongActivation};
pub use hook::HookError;
pub use letter::LetterError;
pub use manifest::{ManifestError, ManifestMistake};
pub use never::Never;
pub use not_run::NotRun;
pub use run::RunError;
#[cfg(feature = "state")]
pub use save::SaveError;
pub use start::StartError;
pub use unknown::Unknown;
pub use unknown_service::UnknownService;
pub use version::BadVersion;

pub use crate::key::KeyError;
pub use crate::wire::ArgumentError;

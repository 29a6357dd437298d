use semver::Version;

use super::Requirement;

/// What a service says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What it needs or can use.
    pub requires: Vec<Requirement>,
    /// What follows if something it needs is lost while it runs.
    pub on_lost: OnLost,
}

/// What follows if a hard requirement is lost while the service runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnLost {
    /// It is stopped, and started again when the requirement is met again.
    #[default]
    Stop,
    /// It goes on without, and is told; it is told again when the requirement is met again.
    Degrade,
}

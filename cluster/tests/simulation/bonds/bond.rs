//! [`Bond`]: three actors, and what became of them.

use consort_protocol::cluster::Life;
use consort_runtime::supervision::ExitReason;

use crate::history::At;

/// What an actor is in its bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Falls once.
    Faller,
    /// Watches the one that falls.
    Watcher,
    /// Is linked to the one that falls.
    Partner,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Faller, Role::Watcher, Role::Partner];

    /// The key of the actor that has this role in this bond.
    pub fn key(self, bond: usize) -> u32 {
        (bond * Role::ALL.len()) as u32 + self as u32
    }

    /// The bond and the role of the actor with this key.
    pub fn of(key: u32) -> (usize, Role) {
        let roles = Role::ALL.len();
        (key as usize / roles, Role::ALL[key as usize % roles])
    }
}

/// An activation of one of the three.
#[derive(Clone, Debug)]
pub struct Stay {
    pub role: Role,
    pub life: Life,
    pub from: At,
    /// `None` while it lives.
    pub to: Option<At>,
}

/// Three actors, and what became of them.
#[derive(Clone, Debug, Default)]
pub struct Bond {
    /// Where and when the watch was made.
    pub watched: Option<(Life, At)>,
    /// Where and when the link was made.
    pub linked: Option<(Life, At)>,
    pub stays: Vec<Stay>,
    pub falls: Vec<At>,
    /// What the watcher was told.
    pub told: Vec<(At, ExitReason)>,
    /// Who of them ended by itself, and why.
    pub crashes: Vec<(Role, At, ExitReason)>,
}

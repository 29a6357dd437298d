use std::fmt;
use std::time::Duration;

use crate::cluster::Life;
use crate::cluster::members::Address;

/// What a node that looks for its cluster has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It has no seeds, or was told to bootstrap: it is a cluster of one.
    Formed,
    /// It belongs to the cluster of this node.
    Joined(Life),
    /// A seed is this node itself. Harmless beside others: all nodes may have the same list.
    OwnAddress(Address),
    /// Nobody let it in yet; it keeps trying.
    Nobody {
        /// How long it has been looking.
        since: Duration,
        /// Each seed as it was given, and what is wrong with it.
        seeds: Vec<(String, Trouble)>,
        /// It had a cluster, and lost sight of all others: it looks for them too.
        lost: bool,
    },
}

/// What is wrong with a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its addresses could not be found out.
    Unresolved(String),
    /// It could not be reached.
    Unreachable(String),
    /// It was said hello to, and has not answered.
    NoAnswer,
    /// It answers, and looks for a cluster itself.
    NoCluster(Life),
    /// It is this node.
    OwnAddress,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::Formed => write!(f, "formed a cluster of one"),
            Report::Joined(life) => write!(f, "joined the cluster of {life}"),
            Report::OwnAddress(address) => write!(f, "the seed {address} is this node itself; it is left out"),
            Report::Nobody { since, seeds, lost } => nobody(f, *since, seeds, *lost),
        }
    }
}

fn nobody(f: &mut fmt::Formatter<'_>, since: Duration, seeds: &[(String, Trouble)], lost: bool) -> fmt::Result {
    let what = if lost { "no other member in sight" } else { "no cluster found" };
    write!(f, "{what} for {since:.0?}, still trying: ")?;
    if seeds.is_empty() {
        write!(f, "no seed is named")?;
    }
    for (index, (seed, trouble)) in seeds.iter().enumerate() {
        let comma = if index == 0 { "" } else { "; " };
        write!(f, "{comma}{seed} {trouble}")?;
    }
    let is_alive = |(_, trouble): &(String, Trouble)| matches!(trouble, Trouble::NoCluster(_) | Trouble::OwnAddress);
    match seeds.iter().all(is_alive) {
        _ if lost => Ok(()),
        true => write!(f, ". Nodes with seeds never form a cluster alone: set CONSORT_BOOTSTRAP=on on exactly one"),
        false => write!(f, ". A node with seeds never forms a cluster alone"),
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Unresolved(why) => write!(f, "cannot be resolved ({why})"),
            Trouble::Unreachable(why) => write!(f, "cannot be reached ({why})"),
            Trouble::NoAnswer => write!(f, "does not answer"),
            Trouble::NoCluster(life) => write!(f, "answers as {life}, and looks for a cluster itself"),
            Trouble::OwnAddress => write!(f, "is this node itself"),
        }
    }
}

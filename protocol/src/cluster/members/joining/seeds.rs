use std::collections::BTreeMap;

use super::Trouble;
use crate::cluster::members::Address;

/// How many addresses are knocked at in one try: a name of a large deployment has hundreds, and any one will do.
const KNOCKS_MAX: usize = 32;

/// A seed as it was found on one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// As it was given.
    pub entry: String,
    /// Where it is, or why that cannot be said.
    pub addresses: Result<Vec<Address>, String>,
}

/// The seeds of the latest try, and what became of each address.
#[derive(Clone, Debug, Default)]
pub(super) struct Seeds {
    found: Vec<Seed>,
    troubles: BTreeMap<Address, Trouble>,
}

impl Seeds {
    /// Takes what was found, and says where to knock. Another part of many addresses each try.
    pub(super) fn take(&mut self, found: Vec<Seed>, tries: u32) -> Vec<Address> {
        self.found = found;
        let all: Vec<_> = self.found.iter().filter_map(|seed| seed.addresses.as_ref().ok()).flatten().collect();
        // That an address is this node's own stays true; what else went wrong may have been cured.
        let is_own = |address: &Address| self.troubles.get(address) == Some(&Trouble::OwnAddress);
        let begin = (tries as usize).wrapping_mul(KNOCKS_MAX) % all.len().max(1);
        let turned = all.iter().cycle().skip(begin).take(all.len());
        let mut knocks: Vec<Address> = turned.filter(|address| !is_own(address)).map(|&a| a.clone()).collect();
        knocks.truncate(KNOCKS_MAX);
        self.troubles.retain(|_, trouble| *trouble == Trouble::OwnAddress);
        knocks
    }

    /// What became of an address; true if that is new.
    pub(super) fn note(&mut self, address: &Address, trouble: Trouble) -> bool {
        self.troubles.insert(address.clone(), trouble.clone()) != Some(trouble)
    }

    /// Each seed and what is wrong with it. If its addresses differ, what comes closest to an answer counts.
    pub(super) fn troubles(&self) -> Vec<(String, Trouble)> {
        let of = |seed: &Seed| match &seed.addresses {
            Err(why) => Trouble::Unresolved(why.clone()),
            Ok(addresses) => {
                let known = addresses.iter().filter_map(|address| self.troubles.get(address));
                known.max_by_key(|trouble| rank(trouble)).cloned().unwrap_or(Trouble::NoAnswer)
            }
        };
        self.found.iter().map(|seed| (seed.entry.clone(), of(seed))).collect()
    }
}

fn rank(trouble: &Trouble) -> u8 {
    match trouble {
        Trouble::Unresolved(_) => 0,
        Trouble::NoAnswer => 1,
        Trouble::Unreachable(_) => 2,
        Trouble::OwnAddress => 3,
        Trouble::NoCluster(_) => 4,
    }
}

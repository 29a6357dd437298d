//! [`Passport`]: who a member is to gossip.

use std::fmt;

use super::Address;
use crate::cluster::Life;

/// Who a member is to gossip: its life, where that life is reached, and how often it had to prove that it lives.
///
/// A life keeps its address, so two passports are equal if life and renewal are.
///
/// Down is final for a passport: nobody talks a member that was declared down into life again. One that lives all the
/// same learns of it, and comes back with a renewed passport of the same [`Life`]: its process never ended, so its
/// generation stays. A suspicion, which is not final, is refuted with a higher incarnation and needs no renewal.
#[derive(Clone, Debug)]
pub struct Passport {
    /// The life.
    pub life: Life,
    /// How often this life was declared down and came back.
    pub renewal: u32,
    /// Where it is reached.
    pub address: Address,
}

impl Passport {
    /// The first passport of a life.
    pub fn new(life: Life, address: Address) -> Self {
        Passport { life, renewal: 0, address }
    }

    /// The next passport of the same life; `None` after four billion of them.
    pub fn renewed(&self) -> Option<Self> {
        let renewal = self.renewal.checked_add(1)?;
        Some(Passport { renewal, ..self.clone() })
    }

    /// Whether it replaces another passport of the same node: a later life does, and a later renewal of one life.
    pub fn replaces(&self, other: &Passport) -> bool {
        let order = |passport: &Passport| (passport.life.generation, passport.renewal);
        self.life.id == other.life.id && order(self) > order(other)
    }
}

impl PartialEq for Passport {
    fn eq(&self, other: &Self) -> bool {
        (self.life, self.renewal) == (other.life, other.renewal)
    }
}

impl Eq for Passport {}

impl fmt::Display for Passport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.life, self.address)
    }
}

//! [`Meta`]: what a member says of itself.

use std::collections::{BTreeMap, BTreeSet};

/// How long a zone, a version, a tag or a service's name may be, in bytes: a DNS label has 63.
pub const META_TEXT_BYTES_MAX: usize = 64;
/// How many tags a member may have. They are labels for people and rules, not a store.
pub const META_TAGS_MAX: usize = 32;
/// How many services a member may name. With names of full length they take half a membership packet.
pub const META_SERVICES_MAX: usize = 256;
/// The largest weight: ten thousand times the usual one.
pub const WEIGHT_MAX: u32 = 1_000_000;

/// What a member says of itself. Others hear it from the member alone, never second-hand.
///
/// ```
/// use consort_protocol::cluster::members::Meta;
///
/// let meta = Meta { zone: "eu-1a".into(), weight: 200, ..Meta::default() };
/// assert_eq!(meta.check(), Ok(()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Where it stands; what fails together has one zone. Empty if nobody said.
    pub zone: String,
    /// The version of the program. Empty if nobody said.
    pub version: String,
    /// Its share of the keys, beside that of the others: one of 200 gets twice as many as one of 100, one of 0 none.
    pub weight: u32,
    /// Labels.
    pub tags: BTreeSet<String>,
    /// The services it serves, with their versions.
    pub services: BTreeMap<String, String>,
    /// What it is to the control plane.
    pub vote: Vote,
}

/// What a member is to the control plane: see [voters](crate::cluster::voters).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vote {
    /// It votes if it is chosen.
    #[default]
    Usual,
    /// It is there to vote, where there are too few others: of two nodes any one may then be lost.
    Witness,
    /// It does not vote if any other can: it comes and goes, or is far away, or has a slow disk.
    Never,
}

/// No zone, no version, a weight of 100, no tags, no services; it votes if it is chosen.
impl Default for Meta {
    fn default() -> Self {
        let (zone, version) = (String::new(), String::new());
        let (tags, services) = (BTreeSet::new(), BTreeMap::new());
        Meta { zone, version, weight: 100, tags, services, vote: Vote::Usual }
    }
}

impl Meta {
    /// Whether it is within the limits, so that it fits into a packet and others take it.
    ///
    /// # Errors
    ///
    /// [`MetaTooLarge`] names what is not.
    pub fn check(&self) -> Result<(), MetaTooLarge> {
        let texts = [("zone", &self.zone), ("version", &self.version)];
        let tags = self.tags.iter().map(|tag| ("tag", tag));
        let services = self.services.iter().flat_map(|(name, version)| [("service", name), ("version", version)]);
        for (what, text) in texts.into_iter().chain(tags).chain(services) {
            if text.len() > META_TEXT_BYTES_MAX {
                return Err(MetaTooLarge::Text { what, text: text.clone() });
            }
        }
        if self.tags.len() > META_TAGS_MAX {
            return Err(MetaTooLarge::Tags(self.tags.len()));
        }
        if self.services.len() > META_SERVICES_MAX {
            return Err(MetaTooLarge::Services(self.services.len()));
        }
        if self.weight > WEIGHT_MAX {
            return Err(MetaTooLarge::Weight(self.weight));
        }
        Ok(())
    }
}

/// A [`Meta`] beyond its limits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetaTooLarge {
    /// A text is too long.
    #[error("the {what} `{text}` has {} bytes; at most {META_TEXT_BYTES_MAX} are told to other nodes", text.len())]
    Text {
        /// What it is: zone, version, tag or service.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Too many tags.
    #[error("{0} tags; at most {META_TAGS_MAX} are told to other nodes")]
    Tags(usize),
    /// Too many services.
    #[error("{0} services; at most {META_SERVICES_MAX} are told to other nodes")]
    Services(usize),
    /// Too large a weight.
    #[error("a weight of {0}; the largest is {WEIGHT_MAX}, the usual one 100")]
    Weight(u32),
}

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::supervision::ExitReason;

/// Actors that share one fate: when one ends abnormally, so do all that are linked to it, and those linked to them.
///
/// A normal stop only dissolves the actor's links, as in Erlang/OTP. Holds linked actors only.
///
/// ```
/// use consort_protocol::supervision::{ExitReason, Links};
///
/// let mut links = Links::new();
/// links.handle_link("order", "payment").unwrap();
/// links.handle_link("payment", "receipt").unwrap();
/// let panic = ExitReason::Panic("card refused".into());
/// assert_eq!(links.handle_exit(&"order", &panic), ["payment", "receipt"]); // stop these, as `Linked`
/// assert!(links.handle_exit(&"payment", &ExitReason::Linked("order".into())).is_empty()); // told already
/// ```
#[derive(Clone, Debug)]
pub struct Links<A> {
    partners: BTreeMap<A, BTreeSet<A>>,
}

/// Why two actors cannot be linked. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError<A> {
    /// An actor always shares its own fate.
    #[error("{0} cannot be linked to itself")]
    Itself(A),
    /// One of the two has too many links.
    #[error("{actor} has {max} links already, and no actor may have more", max = Links::<()>::PARTNERS_MAX)]
    TooMany {
        /// Which of the two.
        actor: A,
    },
}

impl<A> Links<A> {
    /// How many links one actor may have. One exit ends at most so many at the first step: a link is for a few
    /// actors that make no sense without each other, a watch for everything else.
    pub const PARTNERS_MAX: usize = 1_024;
}

impl<A: Clone + Ord> Links<A> {
    /// No links.
    pub fn new() -> Self {
        Links { partners: BTreeMap::new() }
    }

    /// Links two live actors, in both directions. If one of them has already ended, do not link: end the other.
    ///
    /// # Errors
    /// They are one actor, or one of them has [too many](Self::PARTNERS_MAX) links.
    pub fn handle_link(&mut self, one: A, other: A) -> Result<(), LinkError<A>> {
        if one == other {
            return Err(LinkError::Itself(one));
        }
        for (actor, partner) in [(&one, &other), (&other, &one)] {
            let full = |partners: &BTreeSet<A>| partners.len() >= Self::PARTNERS_MAX && !partners.contains(partner);
            if self.partners.get(actor).is_some_and(full) {
                return Err(LinkError::TooMany { actor: actor.clone() });
            }
        }
        self.partners.entry(one.clone()).or_default().insert(other.clone());
        self.partners.entry(other).or_default().insert(one);
        Ok(())
    }

    /// The two no longer share their fate.
    pub fn handle_unlink(&mut self, one: &A, other: &A) {
        self.remove(one, other);
        self.remove(other, one);
    }

    /// An actor has ended. Returns who is to be stopped for it, nearest first, each exactly once; all their links are
    /// gone.
    pub fn handle_exit(&mut self, actor: &A, exit: &ExitReason) -> Vec<A> {
        let mut doomed = Vec::new();
        let mut seen = BTreeSet::from([actor.clone()]);
        let mut next = VecDeque::from([actor.clone()]);
        while let Some(ended) = next.pop_front() {
            for partner in self.partners.remove(&ended).unwrap_or_default() {
                self.remove(&partner, &ended);
                if !exit.is_normal() && seen.insert(partner.clone()) {
                    next.push_back(partner.clone());
                    doomed.push(partner);
                }
            }
        }
        doomed
    }

    /// To whom an actor is linked, in order.
    pub fn partners(&self, actor: &A) -> impl Iterator<Item = &A> {
        self.partners.get(actor).into_iter().flatten()
    }

    /// Whether there is no link at all, so that an exit needs no look.
    pub fn is_empty(&self) -> bool {
        self.partners.is_empty()
    }

    fn remove(&mut self, actor: &A, partner: &A) {
        if let Some(partners) = self.partners.get_mut(actor) {
            partners.remove(partner);
            if partners.is_empty() {
                self.partners.remove(actor);
            }
        }
    }
}

impl<A: Clone + Ord> Default for Links<A> {
    fn default() -> Self {
        Links::new()
    }
}

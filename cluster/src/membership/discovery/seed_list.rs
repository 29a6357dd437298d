use std::fmt;
use std::sync::Arc;

use consort_protocol::cluster::members::Address;

use super::resolve::resolve_all;
use super::{BadSeed, Discovering, Discovery, Resolve, SystemResolver};

/// How many seeds are taken. Any one of them lets a node in; more than a few only guard against their failing together.
pub const SEEDS_MAX: usize = 256;

/// A list of seeds that stays as it is, such as `CONSORT_SEEDS` has it.
///
/// ```
/// use consort_cluster::membership::discovery::SeedList;
///
/// let seeds = SeedList::parse("10.0.0.7:7400, db.internal:7400")?;
/// let error = SeedList::parse("10.0.0.7:7400, db.internal").unwrap_err().to_string();
/// assert_eq!(error, "seed 2: `db.internal` has no port: write it as host:port, `db.internal:7400`");
/// # Ok::<(), consort_cluster::membership::discovery::BadSeed>(())
/// ```
#[derive(Clone)]
pub struct SeedList {
    entries: Vec<Address>,
    resolver: Arc<dyn Resolve>,
}

impl SeedList {
    /// Reads entries separated by commas.
    ///
    /// # Errors
    ///
    /// [`BadSeed`] names the first that is none, and says what would be right.
    pub fn parse(text: &str) -> Result<Self, BadSeed> {
        SeedList::new(text.split(','))
    }

    /// Takes these entries.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, BadSeed> {
        let entries = entries.into_iter().enumerate().map(|(index, text)| seed_at(index + 1, text));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        at_most(entries.len())?;
        Ok(SeedList { entries, resolver: Arc::new(SystemResolver) })
    }

    /// Resolves names in another way.
    pub fn resolver(mut self, resolver: impl Resolve) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }
}

impl fmt::Debug for SeedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeedList").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Discovery for SeedList {
    fn name(&self) -> String {
        "the list of seeds".to_owned()
    }

    fn discover(&self) -> Discovering<'_> {
        Box::pin(async move { Ok(resolve_all(&self.entries, &self.resolver).await) })
    }
}

pub(super) fn seed_at(place: usize, text: &str) -> Result<Address, BadSeed> {
    match text.trim() {
        "" => Err(BadSeed::Empty { place }),
        text => text.parse().map_err(|why| BadSeed::NotAnAddress { place, why }),
    }
}

pub(super) fn at_most(count: usize) -> Result<(), BadSeed> {
    if count <= SEEDS_MAX { Ok(()) } else { Err(BadSeed::TooMany { count, max: SEEDS_MAX }) }
}

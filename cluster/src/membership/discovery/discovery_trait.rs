use std::future::Future;
use std::pin::Pin;

use consort_protocol::cluster::members::joining::Seed;

use super::DiscoveryError;

/// A search for seeds that is under way.
pub type Discovering<'a> = Pin<Box<dyn Future<Output = Result<Vec<Seed>, DiscoveryError>> + Send + 'a>>;

/// Finds out where other nodes may be.
///
/// It is asked for every try to join, some seconds apart, and should say what is true then. It may name the node itself,
/// and nodes that are gone. What it says of one seed is independent of the others: one that cannot be resolved is named
/// with the reason, and the others with their addresses.
pub trait Discovery: Send + Sync + 'static {
    /// What it is called where it fails as a whole, such as the path of its file.
    fn name(&self) -> String;

    /// The seeds as of now, in the order in which they are given. Cancel safe: a search that is dropped has done
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`DiscoveryError`] if it cannot even say which seeds there are. It is asked again.
    fn discover(&self) -> Discovering<'_>;
}

//! A program's view of the cluster that its node has joined.
//!
//! ```text
//! node.cluster() ─► Cluster ─► members, leader, shares of the slots, services
//!                       └────► explain: where does this key live, and why?
//! ```

mod cluster_type;
mod ext;
mod ids;
mod shares;
mod whereabouts;

pub use cluster_type::Cluster;
pub use ext::ClusterExt;
pub use ids::Id;
pub(crate) use ids::Ids;
pub use shares::{Share, Shares};
pub use whereabouts::{Home, Whereabouts};

#![doc = include_str!("../README.md")]

pub use consort_runtime::*;

/// What a program that serves or calls needs.
pub mod prelude {
    #[cfg(feature = "cluster")]
    pub use consort_cluster::ClusterExt;
    pub use consort_runtime::prelude::*;
}

/// Several nodes: what a node is told of its cluster, see [`NodeBuilder::join`]; and what it sees of it, see
/// [`Cluster`](cluster::Cluster).
#[cfg(feature = "cluster")]
pub mod cluster {
    pub use consort_cluster::control::{ReadError, Revision};
    pub use consort_cluster::{
        Address, Client, Cluster, ClusterExt, ClusterSettings, Epoch, Generation, Home, Id, Identity, Instance, Life,
        Member, MemberState, Members, Meta, NodeId, SLOTS, ServiceChange, ServiceChanges, ServiceWatch, Services,
        Share, Shares, Slot, SlotState, Standing, Tenure, Turn, Vote, Whereabouts,
    };
}

/// What generated code names. Not for use by hand; it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "cluster")]
    pub use consort_cluster::WORLD;
    pub use consort_runtime::__private::*;
}

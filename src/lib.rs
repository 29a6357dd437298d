#![doc = include_str!("../README.md")]

pub use consort_runtime::*;

/// Several nodes: what a node is told of its cluster. See [`NodeBuilder::join`].
#[cfg(feature = "cluster")]
pub mod cluster {
    pub use consort_cluster::{ClusterSettings, Identity};
}

/// What generated code names. Not for use by hand; it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "cluster")]
    pub use consort_cluster::WORLD;
    pub use consort_runtime::__private::*;
}

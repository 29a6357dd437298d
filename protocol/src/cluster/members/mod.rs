//! Who belongs to the cluster, and how each member stands.

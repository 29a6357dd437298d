//! Until when a node may act as an owner.

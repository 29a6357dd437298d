//! Carries records between nodes over QUIC, in order and once.

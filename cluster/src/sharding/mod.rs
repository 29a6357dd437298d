//! Keeps the slot table and the lease, moves slots.

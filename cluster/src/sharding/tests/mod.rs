//! Several nodes over one control plane, on virtual time: who owns what, and that nobody owns anything twice.

mod leases;
mod moves;
mod passing;
pub(super) mod way;
mod world;

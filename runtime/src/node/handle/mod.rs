//! A node that runs, as its program sees it: its actors, its services as wholes, its end.

mod node_handle;
mod operating;
mod signals;

pub use node_handle::Node;

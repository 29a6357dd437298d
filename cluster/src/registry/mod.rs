//! Who serves what, in which version.
//!
//! Each node says so in its record in the control plane, which is there for as long as the node holds its lease. So a
//! watch tells every change under the revision of the control plane, in one order for all nodes; and what was killed is
//! gone with its lease. Calls do not pass here: they go by the catalogue that each node gives the others.

mod instance;
mod service_change;
mod service_watch;
mod services_type;

pub use instance::Instance;
pub use service_change::{ServiceChange, ServiceChanges, Turn};
pub use service_watch::ServiceWatch;
pub use services_type::Services;

//! What a service is, how it is called, and the references that name its actors.

mod actor_ref;
mod id;
mod info;
mod method;
mod ping;
mod place;
mod reference;
mod service_trait;
mod stand_in;
mod status;
mod watching;
mod weak;

pub use actor_ref::ActorRef;
pub use id::ActivationId;
pub use info::{CareInfo, DependsInfo, ServiceInfo};
pub use method::Method;
pub use ping::PING;
pub use place::Place;
pub use reference::Reference;
pub(crate) use reference::operate;
pub use service_trait::Service;
pub use stand_in::StandIn;
pub(crate) use status::StatusBoard;
pub use status::{LifeState, Status};
pub use weak::WeakRef;

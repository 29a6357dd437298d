//! A cell without its type: what scopes, contexts and background tasks need of it.

use std::any::{Any, TypeId};
use std::sync::Weak;

use tracing::level_filters::LevelFilter;

use super::side::Side;
use super::waits::Waits;
use crate::node::Node;
use crate::remote::Placement;
use crate::service::ActivationId;
use crate::supervision::Partner;

/// The untyped face of a cell.
pub(crate) trait Occupant: Send + Sync {
    /// `service/path`, as errors name an actor.
    fn label(&self) -> String;
    /// The service's name.
    fn service(&self) -> &'static str;
    /// The key in its printed form.
    fn path(&self) -> String;
    /// The typed key.
    fn key(&self) -> &dyn Any;
    /// The live activation's id, or that of the last one.
    fn activation(&self) -> ActivationId;
    /// The node that runs it.
    fn node(&self) -> Node;
    /// What decides where it lives.
    fn placement(&self) -> Placement;
    /// The epoch under which this node owns it; 0 on a node that has joined no others.
    fn fence(&self) -> u64;
    /// Where its state is kept, if it is.
    #[cfg(feature = "state")]
    fn store(&self) -> Option<&std::sync::Arc<dyn consort_state::StateStore>>;
    /// What a cell has only once it is needed.
    fn side(&self) -> &Side;
    /// What its handler and hooks wait for, if it ever did.
    fn waits(&self) -> Option<&Waits>;
    /// It, to be told that it ends with another.
    fn partner(&self) -> Weak<dyn Partner>;
    /// How much is logged of its service.
    fn log_level(&self) -> LevelFilter;
    /// The service's type.
    fn service_type(&self) -> TypeId;
}

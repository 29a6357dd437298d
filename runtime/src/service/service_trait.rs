//! [`Service`]: a kind of actor.

use crate::dynamic::MethodEntry;
use crate::engine::Cx;
use crate::error::HookError;
use crate::key::Key;
use crate::remote::World;
use crate::service::{Reference, ServiceInfo};
#[cfg(feature = "config")]
use crate::settings::ConfigEntry;

/// A kind of actor: a plain struct whose methods others call. `#[service]` on its `impl` block implements this.
///
/// The hooks run in the order built (the factory), start, started, stop. They are written as private async methods
/// marked `#[start]`, `#[started]`, `#[stop]`, `#[failed]` in the block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service",
    label = "not a service",
    note = "put `#[service]` above an `impl {Self}` block whose `pub async fn` methods are to be called"
)]
pub trait Service: Sized + Send + 'static {
    /// What the attribute said.
    const INFO: ServiceInfo;
    /// The key type: `()` without key, one segment's type, or a tuple.
    type Key: Key;
    /// The generated reference.
    type Ref: Reference<Service = Self>;

    /// Runs before the first message; an error makes the activation `Failed` and nothing of it is left.
    fn start(&mut self, cx: &Cx) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Runs once the activation is `Running`, before the first message; an error is treated as one of `start`.
    fn started(&mut self, cx: &Cx) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// Runs once when the activation ends, also after a handler's panic, which may have left the state half changed.
    fn stop(&mut self, cx: &Cx) -> impl Future<Output = ()> + Send {
        let _ = cx;
        std::future::ready(())
    }

    /// Runs once after a factory, `start` or `started` failed, with the error's text.
    fn failed(cx: &Cx, error: &str) -> impl Future<Output = ()> + Send {
        let _ = (cx, error);
        std::future::ready(())
    }

    /// Says whether this instance is well. Asked while it is idle, at every beat of its service; an error makes the
    /// activation suspect, then quarantined. Should be quick: it runs between messages.
    fn healthy(&mut self, cx: &Cx) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = cx;
        std::future::ready(Ok(()))
    }

    /// The state that goes along when the actor's key moves to another node, as msgpack. It runs after the last message and
    /// before `stop`; an error, and a state of more than 64 MiB, is told as [`Happened::StateLost`](crate::Happened::StateLost): the actor starts
    /// there without its state.
    ///
    /// Of a `stateful` service it is what is saved in the node's store, also in the middle of the actor's life: it leaves the
    /// actor as it is.
    fn snapshot(&mut self, cx: &Cx) -> impl Future<Output = Result<Vec<u8>, HookError>> + Send {
        let _ = cx;
        std::future::ready(Ok(Vec::new()))
    }

    /// Takes up what [`snapshot`](Service::snapshot) returned on the node before, or what was saved, ahead of `start`; an
    /// error is treated as one of `start`, but for [`HookError::unreadable`], after which the actor starts without the
    /// state. From a store it does not: it would save over it.
    fn restore(&mut self, cx: &Cx, state: &[u8]) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = (cx, state);
        std::future::ready(Ok(()))
    }

    /// Its configuration, if `#[service(config = …)]` gave it a type.
    #[cfg(feature = "config")]
    fn config() -> Option<ConfigEntry<Self>> {
        None
    }

    /// What makes a node join others that serves this, if its environment says so; `None` where there is no cluster.
    #[doc(hidden)]
    fn world() -> Option<&'static dyn World> {
        None
    }

    /// The methods for the dynamic door.
    fn methods() -> Vec<MethodEntry<Self>> {
        Vec::new()
    }
}

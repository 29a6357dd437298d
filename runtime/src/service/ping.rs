//! The method every service answers.

use crate::engine::Cx;
use crate::error::Never;
use crate::service::{Method, Service};

/// The number of the built-in `ping` method.
pub const PING: usize = usize::MAX;

impl<S: Service> Method<PING> for S {
    const NAME: &'static str = "ping";
    const DOC: &'static str = "Answers `pong` once the actor has worked off what came before.";
    const SHARED: bool = true;
    type Args = ();
    type Reply = &'static str;
    type Error = Never;

    fn call<'a>(this: &'a mut Self, cx: Cx, (): ()) -> impl Future<Output = Result<&'static str, Never>> + Send + 'a {
        let _ = (this, cx);
        std::future::ready(Ok("pong"))
    }
}

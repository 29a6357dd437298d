//! The method every service answers.

use crate::dynamic::{WireForm, schema_of, write};
use crate::engine::Cx;
use crate::error::Never;
use crate::service::{Method, Service};
use crate::wire::{pack, unpack};

/// The number of the built-in `ping` method.
pub const PING: usize = usize::MAX;

const PONG: &str = "pong";

impl<S: Service> Method<PING> for S {
    const NAME: &'static str = "ping";
    const DOC: &'static str = "Answers `pong` once the actor has worked off what came before.";
    const SHARED: bool = true;
    type Args = ();
    type Reply = &'static str;
    type Error = Never;

    fn call<'a>(this: &'a mut Self, cx: Cx, (): ()) -> impl Future<Output = Result<&'static str, Never>> + Send + 'a {
        let _ = (this, cx);
        std::future::ready(Ok(PONG))
    }

    fn wire() -> Option<WireForm<Self, PING>> {
        (!S::INFO.local).then_some(WireForm {
            arguments: &[],
            decode: |_| Ok(()),
            encode: |(), _| {},
            argument_schemas: Vec::new,
            reply_schema: schema_of::<String>,
            write_reply: |pong| (*pong).into(),
            pack_reply: |pong| pack(pong),
            unpack_reply: |bytes| unpack::<Box<str>>(bytes).map(|_| PONG),
            error_schema: None,
            write_error: write::<Never>,
            pack_error: pack::<Never>,
            unpack_error: unpack::<Never>,
        })
    }
}

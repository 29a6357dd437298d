//! What stands in the body of a message: arguments, replies and errors, as msgpack.

use std::sync::Weak;

use bytes::Bytes;

use crate::dynamic::{WireForm, within};
use crate::error::{CallError, NotRun, Unknown};
use crate::node::Registry;
use crate::service::Method;
use crate::wire::{ArgumentError, Arguments, NotPacked, Packed};

/// The arguments of a call, for the node that runs it.
///
/// # Errors
/// [`NotRun::LocalOnly`] of a `local` service, [`NotRun::BadArgument`] if one of them cannot be written down.
pub(crate) fn pack<S: Method<N>, const N: usize>(arguments: &S::Args) -> Result<Bytes, NotRun> {
    let form = form::<S, N>()?;
    let packed = Packed::collect(form.arguments.len(), |written| (form.encode)(arguments, written));
    packed.map_err(|NotPacked { argument, reason }| {
        ArgumentError::Unwritable { method: S::NAME.into(), argument: argument.into(), reason }.into()
    })
}

/// The arguments of a call that another node packed; references among them become actors of `node`.
///
/// # Errors
/// [`NotRun::BadArgument`] if they are not those of the method, [`NotRun::LocalOnly`] of a `local` service.
pub(crate) fn unpack<S: Method<N>, const N: usize>(node: &Weak<Registry>, body: &[u8]) -> Result<S::Args, NotRun> {
    let form = form::<S, N>()?;
    let unpacked = within(node, || (form.decode)(&mut Arguments::packed(S::NAME, form.arguments, body)?));
    Ok(unpacked?)
}

/// What became of a call, for the node that made it.
///
/// # Errors
/// The call's own; [`Unknown::BadReply`] if what the handler returned cannot be written down.
pub(crate) fn pack_outcome<S: Method<N>, const N: usize>(
    outcome: Result<S::Reply, CallError<S::Error>>,
) -> Result<Bytes, CallError<Bytes>> {
    let form = form::<S, N>()?;
    match outcome {
        Ok(reply) => (form.pack_reply)(&reply).map_err(bad_reply),
        Err(CallError::App(error)) => Err((form.pack_error)(&error).map_or_else(bad_reply, CallError::App)),
        Err(CallError::NotRun(why)) => Err(why.into()),
        Err(CallError::Unknown(why)) => Err(why.into()),
    }
}

/// What became of a call, as the node that ran it says; references in a reply become actors of `node`.
///
/// # Errors
/// The call's own; [`Unknown::BadReply`] if what the handler returned cannot be read.
pub(crate) fn unpack_outcome<S: Method<N>, const N: usize>(
    node: &Weak<Registry>,
    outcome: Result<Bytes, CallError<Bytes>>,
) -> Result<S::Reply, CallError<S::Error>> {
    let form = form::<S, N>()?;
    match outcome {
        Ok(reply) => within(node, || (form.unpack_reply)(&reply)).map_err(bad_reply),
        Err(CallError::App(error)) => {
            Err(within(node, || (form.unpack_error)(&error)).map_or_else(bad_reply, CallError::App))
        }
        Err(CallError::NotRun(why)) => Err(why.into()),
        Err(CallError::Unknown(why)) => Err(why.into()),
    }
}

fn form<S: Method<N>, const N: usize>() -> Result<WireForm<S, N>, NotRun> {
    S::wire().ok_or_else(|| NotRun::LocalOnly { service: S::INFO.name.into() })
}

fn bad_reply<E>(reason: Box<str>) -> CallError<E> {
    Unknown::BadReply { reason }.into()
}

//! How calls of a method are written down.

use std::any::Any;

use bytes::Bytes;

use super::operating::NOTHING;
use crate::engine::frame::Outcome;
use crate::error::{CallError, NotRun, Unknown};
use crate::service::{Method, PING};

/// What is known of the types of method `N`, to write a call of it down and to read its answer.
pub(in crate::engine) struct Forms<S, const N: usize>(std::marker::PhantomData<S>);

impl<S: Method<N>, const N: usize> Forms<S, N> {
    /// The arguments as a msgpack map.
    pub(in crate::engine) fn write(_: &S::Args) -> Result<Bytes, NotRun> {
        if N == PING { Ok(NOTHING) } else { Err(NotRun::LocalOnly { service: S::INFO.name.into() }) }
    }

    /// The outcome, out of an answer.
    pub(in crate::engine) fn read(answer: Result<Bytes, CallError<Bytes>>) -> Outcome<S, N> {
        match answer {
            Ok(_) if N == PING => {
                let pong: Box<dyn Any> = Box::new("pong");
                pong.downcast().map(|pong| *pong).map_err(|_| Unknown::Stopped.into())
            }
            Ok(_) | Err(CallError::App(_)) => Err(Unknown::Stopped.into()),
            Err(CallError::NotRun(why)) => Err(why.into()),
            Err(CallError::Unknown(why)) => Err(why.into()),
        }
    }
}

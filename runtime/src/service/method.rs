//! [`Method`]: one method of a service.

use crate::dynamic::WireForm;
use crate::engine::Cx;
use crate::service::Service;

/// Method number `N` of a service, in the order of the `impl` block. `#[service]` implements this.
pub trait Method<const N: usize>: Service {
    /// The method's name.
    const NAME: &'static str;
    /// Its documentation.
    const DOC: &'static str;
    /// It takes `&self`.
    const SHARED: bool;
    /// Its arguments, as a tuple.
    type Args: Send + 'static;
    /// What it replies.
    type Reply: Send + 'static;
    /// What it refuses with; [`Never`](crate::error::Never) for a method that returns a plain value.
    type Error: Send + 'static;

    /// Runs the method.
    fn call<'a>(
        this: &'a mut Self,
        cx: Cx,
        arguments: Self::Args,
    ) -> impl Future<Output = Result<Self::Reply, Self::Error>> + Send + 'a;

    /// A crash of its handler is not the end of a tell: `#[redeliver]`.
    const REDELIVER: bool = false;

    /// A copy of the arguments, to deliver the tell again; `None` unless [`REDELIVER`](Self::REDELIVER).
    fn keep(arguments: &Self::Args) -> Option<Self::Args> {
        let _ = arguments;
        None
    }

    /// A copy of what the handler returned, to answer a repeated call with; `None` if it cannot be cloned.
    fn again(returned: &Result<Self::Reply, Self::Error>) -> Option<Result<Self::Reply, Self::Error>> {
        let _ = returned;
        None
    }

    /// How its types are written down; `None` for a `local` service.
    fn wire() -> Option<WireForm<Self, N>> {
        None
    }

    /// Bytes the arguments hold on the heap; they count against the mailbox's bound.
    fn weight(arguments: &Self::Args) -> usize {
        let _ = arguments;
        0
    }
}

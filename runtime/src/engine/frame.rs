//! A frame: one block that is a call's arguments, its handler's future and its outcome in turn.

use std::any::Any;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, needs_drop};
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use bytes::Bytes;

use super::away::Answered;
use super::cell::Cell;
use super::envelope::Envelope;
use super::line::Site;
use super::local::{self, Local, borrow_block, give_block, keep_block, return_block, take_block};
use super::repeated::{Kept, kept_of, outcome_of};
use super::reply::Reply;
use super::run::panic_message;
use crate::client::{Ended, ended};
use crate::error::{CallError, NotRun, Unknown};
use crate::node::Registry;
use crate::remote::{pack, unpack_outcome};
use crate::service::Method;
use crate::wire::ArgumentError;

/// What a handler returns.
pub(super) type Handled<S, const N: usize> = Result<<S as Method<N>>::Reply, <S as Method<N>>::Error>;

/// What one call of method `N` of `S` ends with.
pub(crate) type Outcome<S, const N: usize> = Result<<S as Method<N>>::Reply, CallError<<S as Method<N>>::Error>>;

/// The untyped start of every frame.
#[repr(C)]
pub(crate) struct Header {
    pub(crate) vtable: &'static VTable,
    pub(crate) reply: Reply,
    /// Bytes this call takes of the mailbox's bound.
    pub(crate) weight: u32,
    /// The number of a tell that has crashed its actor before and has no id.
    pub(crate) suspect: Option<NonZeroU32>,
    pub(crate) envelope: Option<Arc<Envelope>>,
}

/// What can be done with a frame whose type is forgotten. In every function the frame's body must be in the named
/// stage, and the cell pointer must be the cell the message was sent to, owned by the caller, with a live instance.
pub(crate) struct VTable {
    /// Which handler it is.
    pub(crate) site: &'static Site,
    /// The number of its method.
    pub(crate) number: usize,
    /// What can be done with arguments, wherever they stand.
    pub(super) arguments: OfArguments,
    /// What can be done when the message comes again.
    pub(super) again: Again,
    /// Arguments → future.
    pub(crate) start: unsafe fn(*mut Header, *const ()),
    /// Runs the arguments in a mailbox slot, for nobody: a frame is left only if the handler suspends.
    pub(crate) run_small: unsafe fn(*const usize, *const (), &Local, &mut Context<'_>) -> Told,
    /// Polls the future; when ready, future → outcome. True if that is the service's own error.
    pub(crate) poll: unsafe fn(*mut Header, &mut Context<'_>) -> Poll<bool>,
    /// Future → outcome `Unknown`.
    pub(crate) fail: unsafe fn(*mut Header, Unknown),
    /// Arguments → outcome `NotRun`.
    pub(crate) cancel: unsafe fn(*mut Header, NotRun),
    /// Arguments → outcome, out of what another node answered; what that says of the target.
    pub(super) answer: unsafe fn(*mut Header, &Weak<Registry>, Answered) -> Ended,
    /// Drops the outcome and frees the frame.
    pub(crate) free: unsafe fn(*mut Header),
    /// Frees a frame whose body is empty.
    pub(crate) recycle: unsafe fn(*mut Header),
}

/// Makes another frame out of one; `None` if that failed.
type CopyFrame = unsafe fn(*mut Header) -> Option<NonNull<Header>>;

/// The part of a [`VTable`] for messages that come again.
pub(super) struct Again {
    /// Makes another tell with the same arguments, which stay: of methods that are delivered again after a crash.
    pub(super) copy: Option<CopyFrame>,
    /// Arguments → outcome, out of what an earlier call was answered; whether that was a refusal. `None`, and nothing
    /// done, if it does not fit.
    pub(super) repeat: unsafe fn(*mut Header, &Kept) -> Option<bool>,
    /// A copy of what the handler returned, if it did and that can be copied. The outcome stays.
    pub(super) keep: unsafe fn(*mut Header) -> Option<Kept>,
}

/// The part of a [`VTable`] for arguments, in a frame or in a mailbox slot.
pub(super) struct OfArguments {
    /// Looks at them.
    pub(super) view: unsafe fn(*const ()) -> *const dyn Any,
    /// Writes them down for another node.
    pub(super) write: unsafe fn(*const ()) -> Result<Bytes, NotRun>,
    /// Drops them.
    pub(super) drop: unsafe fn(*const ()),
}

impl VTable {
    /// The method's name.
    pub(crate) fn method(&self) -> &'static str {
        self.site.method.unwrap_or_default()
    }
}

/// What became of a tell at its first poll.
pub(crate) enum Told {
    Replied,
    /// With the service's own error.
    Refused,
    /// Its handler waits, in this frame.
    Suspended(*mut Header),
    Panicked(Box<dyn Any + Send>),
}

#[repr(C, align(16))]
pub(crate) union Body<A, F, O> {
    pub(crate) arguments: ManuallyDrop<A>,
    pub(crate) future: ManuallyDrop<F>,
    pub(crate) outcome: ManuallyDrop<O>,
}

/// A typed frame. The body's place does not depend on the future's type: its alignment is fixed.
#[repr(C)]
pub(crate) struct Frame<A, F, O> {
    pub(crate) header: Header,
    pub(crate) body: Body<A, F, O>,
}

impl<A, F, O> Frame<A, F, O> {
    /// Reads the outcome out of a finished frame whose future's type is not known here.
    ///
    /// # Safety
    /// `header` starts a frame with these arguments and outcome types, finished, and is not read again.
    pub(crate) unsafe fn take_outcome(header: *mut Header) -> O {
        const { assert!(align_of::<O>() <= 16, "a reply may be aligned to 16 bytes at most") };
        // SAFETY: the caller's promise; the body stands at the same offset whatever the future is.
        unsafe { ManuallyDrop::take(&mut (*header.cast::<Frame<A, (), O>>()).body.outcome) }
    }
}

/// Where the arguments of a frame stand, whatever their type.
///
/// # Safety
/// `header` starts a frame.
pub(crate) unsafe fn arguments_of(header: *mut Header) -> *const () {
    // SAFETY: the caller's promise; the body stands at the same offset whatever is in it.
    unsafe { (&raw const (*header.cast::<Frame<(), (), ()>>()).body).cast() }
}

/// The functions of one kind of frame: method `N` of `S` called through the zero-sized `I`.
pub(crate) struct Typed<S, const N: usize, I, F>(PhantomData<(S, I, F)>);

/// The frame of [`Typed`].
pub(crate) type TypedFrame<S, const N: usize, F> = Frame<<S as Method<N>>::Args, F, Outcome<S, N>>;

impl<S, const N: usize, I, F> Typed<S, N, I, F>
where
    S: Method<N>,
    I: Fn(*const Cell<S>, S::Args) -> F + Copy,
    F: Future<Output = Result<S::Reply, S::Error>> + Send,
{
    pub(crate) const VTABLE: VTable = VTable {
        site: Site::of::<S, N>(),
        number: N,
        arguments: OfArguments { view: Self::view, write: Self::write, drop: Self::drop_arguments },
        again: Again {
            copy: if S::REDELIVER { Some(Self::copy) } else { None },
            repeat: Self::repeat,
            keep: Self::keep_outcome,
        },
        start: Self::start,
        run_small: Self::run_small,
        poll: Self::poll,
        fail: Self::fail,
        cancel: Self::cancel,
        answer: Self::answer,
        free: Self::free,
        recycle: Self::recycle,
    };

    /// The zero-sized function that makes the future.
    #[inline(always)]
    fn invoke() -> I {
        const { assert!(size_of::<I>() == 0) };
        // SAFETY: a zero-sized Copy value has no bytes to read; the caller of `Typed` holds one, so it can exist.
        unsafe { ptr::read(NonNull::<I>::dangling().as_ptr()) }
    }

    /// A frame whose header and body are not written yet.
    #[inline(always)]
    pub(crate) fn allocate(local: &Local) -> *mut TypedFrame<S, N, F> {
        take_block(local)
    }

    /// Writes the header.
    ///
    /// # Safety
    /// `frame` is a block of [`Typed::allocate`] without a header.
    #[inline(always)]
    pub(crate) unsafe fn write_header(
        frame: *mut TypedFrame<S, N, F>,
        reply: Reply,
        weight: u32,
        envelope: Option<Arc<Envelope>>,
    ) {
        let header = Header { vtable: const { &Self::VTABLE }, reply, weight, suspect: None, envelope };
        // SAFETY: the block is ours and large enough.
        unsafe { ptr::write(&raw mut (*frame).header, header) };
    }

    /// A frame whose header and body are not written yet, for a first poll: it is given [back](Typed::give_back) after
    /// that, or [kept](Typed::keep).
    #[inline(always)]
    pub(crate) fn borrow(local: &Local) -> *mut TypedFrame<S, N, F> {
        borrow_block(local)
    }

    /// The handler is suspended: it keeps the frame.
    #[inline(always)]
    pub(crate) fn keep(local: &Local) {
        keep_block::<TypedFrame<S, N, F>>(local);
    }

    /// Gives back a borrowed frame.
    ///
    /// # Safety
    /// `frame` came from [`Typed::borrow`] on this thread; nothing in it needs dropping.
    #[inline(always)]
    pub(crate) unsafe fn give_back(local: &Local, frame: *mut TypedFrame<S, N, F>) {
        // SAFETY: the caller's promise.
        unsafe { return_block(local, frame) }
    }

    unsafe fn view(arguments: *const ()) -> *const dyn Any {
        arguments.cast::<S::Args>()
    }

    unsafe fn write(arguments: *const ()) -> Result<Bytes, NotRun> {
        // SAFETY: these are arguments of this method. A panic in a `Serialize` leaves them as they are.
        let written = catch_unwind(AssertUnwindSafe(|| pack::<S, N>(unsafe { &*arguments.cast::<S::Args>() })));
        written.unwrap_or_else(|payload| {
            let (method, reason) = (S::NAME.into(), panic_message(payload));
            Err(ArgumentError::Unwritable { method, argument: "one of them".into(), reason }.into())
        })
    }

    unsafe fn answer(header: *mut Header, node: &Weak<Registry>, answer: Answered) -> Ended {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        let read = catch_unwind(AssertUnwindSafe(|| unpack_outcome::<S, N>(node, answer)));
        let outcome = read.unwrap_or_else(|payload| Err(Unknown::BadReply { reason: panic_message(payload) }.into()));
        let how = ended(&outcome);
        // SAFETY: the body holds the arguments.
        unsafe {
            drop_quietly((&raw mut (*frame).body.arguments).cast::<S::Args>());
            ptr::write(&raw mut (*frame).body.outcome, ManuallyDrop::new(outcome));
        }
        how
    }

    unsafe fn copy(header: *mut Header) -> Option<NonNull<Header>> {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the arguments. A panic in `Clone` leaves them as they are.
        let arguments = catch_unwind(AssertUnwindSafe(|| S::keep(unsafe { &(*frame).body.arguments }))).ok()??;
        let copy = local::with(Self::allocate);
        // SAFETY: a fresh block; the other header is written.
        unsafe {
            Self::write_header(copy, Reply::new(None, false), (*header).weight, (*header).envelope.clone());
            (*copy).header.suspect = (*header).suspect;
            ptr::write(&raw mut (*copy).body.arguments, ManuallyDrop::new(arguments));
        }
        NonNull::new(copy.cast())
    }

    unsafe fn start(header: *mut Header, cell: *const ()) {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the arguments (see `VTable`), the cell is of service S.
        unsafe {
            let arguments = ManuallyDrop::take(&mut (*frame).body.arguments);
            let future = Self::invoke()(cell.cast(), arguments);
            ptr::write(&raw mut (*frame).body.future, ManuallyDrop::new(future));
        }
    }

    unsafe fn run_small(slot: *const usize, cell: *const (), local: &Local, cx: &mut Context<'_>) -> Told {
        let frame = Self::borrow(local);
        // SAFETY: the slot holds arguments of this method, read once; the frame is ours.
        let polled = unsafe { Self::poll_first(frame, || Self::invoke()(cell.cast(), ptr::read(slot.cast())), cx) };
        match polled {
            Ok(Poll::Ready(mut out)) => {
                let refused = out.is_err();
                // SAFETY: the body is empty, the header was never written; the result is dropped once.
                unsafe {
                    Self::give_back(local, frame);
                    if needs_drop::<Handled<S, N>>() {
                        drop_quietly(&raw mut *out);
                    }
                }
                if refused { Told::Refused } else { Told::Replied }
            }
            Ok(Poll::Pending) => {
                Self::keep(local);
                // SAFETY: the body holds the future.
                unsafe { Self::write_header(frame, Reply::new(None, true), 0, None) };
                Told::Suspended(frame.cast())
            }
            Err(payload) => {
                // SAFETY: the body was emptied.
                unsafe { Self::give_back(local, frame) };
                Told::Panicked(payload)
            }
        }
    }

    /// Makes the future in a frame without header and polls it once. Unless it is pending, the body is empty
    /// afterwards.
    ///
    /// # Safety
    /// The frame came from [`Typed::borrow`] and holds nothing.
    #[inline(always)]
    pub(crate) unsafe fn poll_first(
        frame: *mut TypedFrame<S, N, F>,
        make: impl FnOnce() -> F,
        cx: &mut Context<'_>,
    ) -> std::thread::Result<Poll<ManuallyDrop<Handled<S, N>>>> {
        let mut made = false;
        // SAFETY: the caller's promise; the future never moves, and is dropped in place, once, when it is ready or has
        // panicked.
        unsafe {
            let future: *mut F = (&raw mut (*frame).body.future).cast();
            let polled = catch_unwind(AssertUnwindSafe(|| {
                ptr::write(future, make());
                made = true;
                let polled = Pin::new_unchecked(&mut *future).poll(cx);
                if polled.is_ready() {
                    made = false;
                    ptr::drop_in_place(future);
                }
                polled.map(ManuallyDrop::new)
            }));
            if polled.is_err() && made {
                drop_quietly(future);
            }
            polled
        }
    }

    unsafe fn drop_arguments(arguments: *const ()) {
        // SAFETY: these are arguments of this method, dropped once.
        unsafe { drop_quietly(arguments.cast_mut().cast::<S::Args>()) }
    }

    unsafe fn poll(header: *mut Header, cx: &mut Context<'_>) -> Poll<bool> {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the future; it never moves until it is dropped here, in place.
        unsafe {
            let future: *mut F = (&raw mut (*frame).body.future).cast();
            match Pin::new_unchecked(&mut *future).poll(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(out) => {
                    ptr::drop_in_place(future);
                    let refused = out.is_err();
                    let outcome = ManuallyDrop::new(out.map_err(CallError::App));
                    ptr::write(&raw mut (*frame).body.outcome, outcome);
                    Poll::Ready(refused)
                }
            }
        }
    }

    unsafe fn fail(header: *mut Header, why: Unknown) {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds a future, which may have panicked: dropping it then is allowed, once.
        unsafe {
            drop_quietly((&raw mut (*frame).body.future).cast::<F>());
            let outcome = ManuallyDrop::new(Err(CallError::Unknown(why)));
            ptr::write(&raw mut (*frame).body.outcome, outcome);
        }
    }

    unsafe fn cancel(header: *mut Header, why: NotRun) {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the arguments.
        unsafe {
            drop_quietly((&raw mut (*frame).body.arguments).cast::<S::Args>());
            let outcome = ManuallyDrop::new(Err(CallError::NotRun(why)));
            ptr::write(&raw mut (*frame).body.outcome, outcome);
        }
    }

    unsafe fn repeat(header: *mut Header, kept: &Kept) -> Option<bool> {
        let outcome = outcome_of::<S, N>(kept)?;
        let refused = matches!(outcome, Err(CallError::App(_)));
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the arguments.
        unsafe {
            drop_quietly((&raw mut (*frame).body.arguments).cast::<S::Args>());
            ptr::write(&raw mut (*frame).body.outcome, ManuallyDrop::new(outcome));
        }
        Some(refused)
    }

    unsafe fn keep_outcome(header: *mut Header) -> Option<Kept> {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the outcome, which is taken out and put back; nothing in between unwinds.
        unsafe {
            let place: *mut Outcome<S, N> = (&raw mut (*frame).body.outcome).cast();
            let returned = match ptr::read(place) {
                Ok(reply) => Ok(reply),
                Err(CallError::App(error)) => Err(error),
                Err(CallError::NotRun(why)) => return put_back(place, Err(why.into())),
                Err(CallError::Unknown(why)) => return put_back(place, Err(why.into())),
            };
            let kept = kept_of::<S, N>(&returned);
            ptr::write(place, returned.map_err(CallError::App));
            kept
        }
    }

    unsafe fn free(header: *mut Header) {
        let frame = header.cast::<TypedFrame<S, N, F>>();
        // SAFETY: the body holds the outcome; the frame is not used again.
        unsafe {
            drop_quietly((&raw mut (*frame).body.outcome).cast::<Outcome<S, N>>());
            Self::recycle(header);
        }
    }

    unsafe fn recycle(header: *mut Header) {
        // SAFETY: the body is empty, the header is written; the frame is not used again.
        unsafe {
            ptr::drop_in_place(header);
            local::with(|local| give_block(local, header.cast::<TypedFrame<S, N, F>>()));
        }
    }
}

/// Writes an outcome of which nothing is kept.
///
/// # Safety
/// As `ptr::write`.
unsafe fn put_back<T>(place: *mut T, outcome: T) -> Option<Kept> {
    // SAFETY: the caller's promise.
    unsafe { ptr::write(place, outcome) };
    None
}

/// Drops a value; a panic in its `Drop` ends here.
///
/// # Safety
/// As `ptr::drop_in_place`.
pub(crate) unsafe fn drop_quietly<T>(value: *mut T) {
    // SAFETY: the caller's promise. What panicked is not looked at again.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ptr::drop_in_place(value) }));
    if dropped.is_err() {
        tracing::error!(what = std::any::type_name::<T>(), "a value panicked while it was dropped");
    }
}

/// Delivers the outcome that stands in the frame, or frees it if nobody waits.
///
/// # Safety
/// The body holds the outcome; the caller owns the frame and does not touch it afterwards.
pub(crate) unsafe fn deliver(header: *mut Header) {
    // SAFETY: the caller's promise.
    unsafe {
        let vtable = (*header).vtable;
        // before the asker goes on: what this actor does next must not find it waiting
        if let Some(envelope) = &(*header).envelope {
            envelope.end(Ended::Success);
        }
        if (*header).reply.finish() {
            (vtable.free)(header);
        }
    }
}

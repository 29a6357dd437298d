//! [`Insurance`]: what is kept of a message while its handler runs, in case that it crashes.

use std::any::Any;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::engine::cell::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{Header, VTable, arguments_of};
use crate::letters::{Remains, Suspect, Text, write_down};
use crate::service::{Method, Service};

/// What is kept of one message.
pub(in crate::engine) enum Insurance {
    /// Of a tell that is delivered again: another one like it.
    Copy(Twin),
    /// Of a message whose id has crashed the actor before: its arguments, written down.
    Written(Text),
}

impl Insurance {
    /// What a letter gets of the arguments.
    pub(in crate::engine) fn remains(this: Option<&Self>) -> Remains<'_> {
        match this {
            // SAFETY: a twin holds its arguments as long as it lives.
            Some(Insurance::Copy(twin)) => Remains::Here(unsafe { viewed(twin.vtable(), arguments_of(twin.header())) }),
            Some(Insurance::Written(text)) => Remains::Written(text.clone()),
            None => Remains::Gone,
        }
    }

    /// What a tell without id is known by since its first crash.
    pub(in crate::engine) fn suspect(&self) -> Option<Suspect> {
        match self {
            // SAFETY: a twin's header is written.
            Insurance::Copy(twin) => unsafe { (*twin.header()).suspect }.map(Suspect::Tell),
            Insurance::Written(_) => None,
        }
    }
}

/// The arguments at this place, as what they are.
///
/// # Safety
/// They are arguments of the vtable's method, and stay there for `'a`.
pub(in crate::engine) unsafe fn viewed<'a>(vtable: &VTable, arguments: *const ()) -> &'a dyn Any {
    // SAFETY: the caller's promise.
    unsafe { &*(vtable.arguments.view)(arguments) }
}

/// A tell that is in no mailbox: its arguments in a frame that nobody else knows.
pub(in crate::engine) struct Twin(NonNull<Header>);

// SAFETY: what the frame holds are arguments of a call, which are Send by the bounds of `Method`.
unsafe impl Send for Twin {}

impl Twin {
    /// Another tell like this one, if its method is delivered again.
    ///
    /// # Safety
    /// The frame holds its header and arguments.
    unsafe fn of(header: *mut Header) -> Option<Self> {
        // SAFETY: the caller's promise.
        unsafe {
            let copy = (*header).vtable.again.copy.filter(|_| (*header).reply.is_told())?;
            copy(header).map(Twin)
        }
    }

    /// The frame.
    pub(in crate::engine) fn header(&self) -> *mut Header {
        self.0.as_ptr()
    }

    fn vtable(&self) -> &'static VTable {
        // SAFETY: the header is written.
        unsafe { self.0.as_ref() }.vtable
    }

    /// The frame, to be queued.
    pub(in crate::engine) fn into_frame(self) -> *mut Header {
        ManuallyDrop::new(self).header()
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        // SAFETY: the frame holds its header and arguments, and nobody else knows it.
        unsafe {
            (self.vtable().arguments.drop)(arguments_of(self.header()));
            (self.vtable().recycle)(self.header());
        }
    }
}

impl<S: Service> Cell<S> {
    /// Keeps what is needed if the handler of this message crashes. Owner only.
    ///
    /// # Safety
    /// The frame holds its header and arguments.
    #[inline]
    pub(in crate::engine) unsafe fn insure(&self, header: *mut Header) {
        // SAFETY: the caller's promise.
        let (redelivered, envelope) = unsafe { ((*header).vtable.again.copy.is_some(), &(*header).envelope) };
        let id = envelope.as_ref().and_then(|envelope| envelope.idempotency);
        if redelivered || id.is_some() {
            // SAFETY: as above.
            unsafe { self.insure_frame(header, id) }
        }
    }

    #[cold]
    unsafe fn insure_frame(&self, header: *mut Header, id: Option<u128>) {
        // SAFETY: the caller's promise.
        let insurance = match unsafe { Twin::of(header) } {
            Some(twin) => Insurance::Copy(twin),
            None if id.is_some_and(|id| self.suspects(id)) => {
                // SAFETY: as above.
                let (method, arguments) =
                    unsafe { ((*header).vtable.method(), viewed((*header).vtable, arguments_of(header))) };
                Insurance::Written(write_down::<S>(method, arguments))
            }
            None => return,
        };
        self.set_insurance(insurance);
    }

    /// As [`insure`](Self::insure), of an ask that is to run inline.
    pub(in crate::engine) fn insure_ask<const N: usize>(&self, envelope: &Envelope, arguments: &S::Args)
    where
        S: Method<N>,
    {
        if envelope.idempotency.is_some_and(|id| self.suspects(id)) {
            self.set_insurance(Insurance::Written(write_down::<S>(S::NAME, arguments)));
        }
    }

    /// Whether a message of this id has crashed the actor before.
    fn suspects(&self, id: u128) -> bool {
        let suspects = &self.kind.suspects;
        suspects.is_any() && !self.single && suspects.crashes(&self.actor_path(), Suspect::Id(id)) > 0
    }

    fn set_insurance(&self, insurance: Insurance) {
        // SAFETY: the caller owns the cell.
        unsafe { self.desk().insurance = Some(Box::new(insurance)) };
    }

    /// Takes out what is kept of the message whose handler is over. Owner only.
    pub(in crate::engine) fn take_insurance(&self) -> Option<Insurance> {
        // SAFETY: the caller owns the cell.
        self.existing_side().and_then(|_| unsafe { self.desk().insurance.take() }).map(|insurance| *insurance)
    }

    /// The handler came to its end: nothing is held against its message any more. Owner only.
    #[inline]
    pub(in crate::engine) fn acquit(&self, envelope: Option<&Arc<Envelope>>) {
        if let Some(insurance) = self.take_insurance() {
            let id = envelope.and_then(|envelope| envelope.idempotency).map(Suspect::Id);
            if let Some(suspect) = id.or_else(|| insurance.suspect()) {
                self.kind.suspects.acquit(&self.actor_path(), suspect);
            }
        }
    }
}

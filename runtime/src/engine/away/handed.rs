//! What waited in the mailbox of an actor that lives elsewhere now, handed over in its order.

use std::sync::Arc;

use bytes::Bytes;

use crate::engine::Cell;
use crate::engine::envelope::Envelope;
use crate::engine::frame::{VTable, arguments_of, deliver};
use crate::engine::losses::report;
use crate::engine::mail::Item;
use crate::error::{CallError, NotRun, Unknown};
use crate::remote::{Answering, Message, Remote, Telling};
use crate::service::Service;

/// What another node answered, written down.
pub(in crate::engine) type Answered = Result<Bytes, CallError<Bytes>>;

impl<S: Service> Cell<S> {
    /// Hands a message over that waited here. Owner only, and one after the other: that is their order there.
    ///
    /// # Safety
    /// The item holds arguments and is not used afterwards.
    #[cold]
    pub(in crate::engine) unsafe fn hand_over(self: &Arc<Self>, item: Item) {
        // SAFETY: the caller's promise, here and below.
        unsafe {
            let told = match &item {
                Item::Frame(header) => (**header).reply.is_told(),
                Item::Small(..) => true,
            };
            let handed = self.may_leave(&item).and_then(|()| self.handed(&item, told));
            let mut waiting = Waiting { cell: self.clone(), item: Some(item) };
            match handed {
                Ok(Handed::Told(telling)) => {
                    self.kind.runtime().spawn(async move { waiting.end_tell(telling.await) });
                }
                Ok(Handed::Asked(answering)) => {
                    self.kind.runtime().spawn(async move { waiting.end_ask(answering.await) });
                }
                Err(why) => waiting.refuse(why),
            }
        }
    }

    /// Whether a message still has time. An ask has begun from here on: its asker cannot know that it has not.
    unsafe fn may_leave(&self, item: &Item) -> Result<(), NotRun> {
        // SAFETY: the item holds arguments, and the header of a frame is written.
        let (began, envelope) = unsafe {
            let began = match item {
                Item::Frame(header) => (**header).reply.begin(),
                Item::Small(..) => true,
            };
            (began, envelope_of(item))
        };
        let now = || tokio::time::Instant::now().into_std();
        if !began || envelope.and_then(|envelope| envelope.deadline).is_some_and(|deadline| deadline <= now()) {
            self.kind.expired();
            return Err(NotRun::Expired);
        }
        Ok(())
    }

    unsafe fn handed(&self, item: &Item, told: bool) -> Result<Handed, NotRun> {
        let remote: &Arc<dyn Remote> = self.kind.remote().ok_or(NotRun::ShuttingDown)?;
        // SAFETY: the item holds arguments, and the header of a frame is written.
        let (vtable, body, envelope) = unsafe {
            let (vtable, arguments) = parts(item);
            (vtable, (vtable.arguments.write)(arguments)?, envelope_of(item))
        };
        let message = Message { handed_over: true, ..self.message(self.placement(), vtable.method(), body, envelope) };
        Ok(if told { Handed::Told(remote.tell(message)) } else { Handed::Asked(remote.ask(message)) })
    }
}

enum Handed {
    Told(Telling),
    Asked(Answering),
}

/// A message that was handed over, and still holds its arguments: until it is answered, or known to be on its way.
struct Waiting<S: Service> {
    cell: Arc<Cell<S>>,
    item: Option<Item>,
}

impl<S: Service> Waiting<S> {
    fn refuse(&mut self, why: NotRun) {
        if let Some(item) = self.item.take() {
            // SAFETY: the item holds arguments, and was taken out.
            unsafe { self.cell.refuse(&item, why) };
        }
    }

    fn end_tell(&mut self, sent: Result<(), NotRun>) {
        match sent {
            Err(why) => self.refuse(why),
            Ok(()) => {
                if let Some(item) = self.item.take() {
                    // SAFETY: as in `refuse`.
                    unsafe { drop_item(&item) };
                }
            }
        }
    }

    fn end_ask(&mut self, answer: Answered) {
        if let Some(Item::Frame(header)) = self.item.take() {
            // SAFETY: as in `refuse`; an ask stands in a frame.
            unsafe {
                let ended = ((*header).vtable.answer)(header, self.cell.kind.registry(), answer);
                report(header, ended);
                deliver(header);
            }
        }
    }
}

impl<S: Service> Drop for Waiting<S> {
    /// The runtime has ended under it, or it is over.
    fn drop(&mut self) {
        match self.item {
            // SAFETY: the item holds arguments.
            Some(Item::Frame(header)) if unsafe { !(*header).reply.is_told() } => {
                let node = self.cell.kind.common.options.name.as_str().into();
                let reason = "its runtime ended while the call was away".into();
                self.end_ask(Err(Unknown::Lost { node, reason }.into()));
            }
            _ => self.refuse(NotRun::ShuttingDown),
        }
    }
}

/// # Safety
/// The item holds arguments.
unsafe fn parts(item: &Item) -> (&'static VTable, *const ()) {
    match item {
        // SAFETY: the caller's promise.
        Item::Frame(header) => unsafe { ((**header).vtable, arguments_of(*header)) },
        Item::Small(vtable, slot) => (vtable, slot.as_ptr().cast()),
    }
}

/// # Safety
/// The item holds arguments, and is borrowed for as long as the envelope.
unsafe fn envelope_of(item: &Item) -> Option<&Envelope> {
    match item {
        // SAFETY: the caller's promise.
        Item::Frame(header) => unsafe { (**header).envelope.as_deref() },
        Item::Small(..) => None,
    }
}

/// # Safety
/// The item holds arguments and is not used afterwards.
unsafe fn drop_item(item: &Item) {
    // SAFETY: the caller's promise.
    unsafe {
        let (vtable, arguments) = parts(item);
        (vtable.arguments.drop)(arguments);
        if let Item::Frame(header) = *item {
            (vtable.recycle)(header);
        }
    }
}

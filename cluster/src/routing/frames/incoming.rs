//! A call of another node, as its frame says it.

use bytes::Bytes;
use consort_protocol::cluster::frames::{Call, Caller, Place};
use consort_runtime::ActivationId;
use consort_runtime::remote::{self, Entrance, Incoming, Message, Origin, Placement};

/// The call in a frame.
pub(crate) fn of<'a>(call: &Call<'a>) -> Incoming<'a> {
    let now = || tokio::time::Instant::now().into_std();
    Incoming {
        key: call.key,
        body: call.body,
        // so far away that it never comes
        deadline: call.deadline.and_then(|left| now().checked_add(left)),
        idempotency: call.idempotency,
        only: call.only.map(|only| ActivationId {
            node: only.node,
            generation: only.generation,
            sequence: only.sequence,
        }),
        caller: call.caller.as_ref().map(caller),
        waiting: call.waiting.iter().map(Box::from).collect(),
        trace: call.trace.map(|trace| trace.parent.to_string().into()),
    }
}

/// The same call, to be held or sent on; its frame was read from `payload`.
pub(crate) fn message(entrance: &Entrance, call: &Call<'_>, payload: &Bytes) -> Message {
    let Incoming { key, body, deadline, idempotency, only, caller, waiting, trace } = of(call);
    Message {
        service: entrance.service(),
        version: entrance.version(),
        method: entrance.method(),
        key: key.into(),
        placement: placement(call.place).0,
        body: payload.slice_ref(body),
        deadline,
        idempotency,
        only,
        origin: Origin { caller, waiting, trace },
        handed_over: false,
    }
}

fn caller(caller: &Caller<'_>) -> remote::Caller {
    let (placement, fence) = placement(caller.place);
    remote::Caller { service: caller.service.into(), path: caller.path.into(), placement, fence }
}

fn placement(place: Place) -> (Placement, u64) {
    match place {
        Place::Any => (Placement::Any, 0),
        Place::Key { hash, epoch } => (Placement::Key(hash), epoch.0),
        Place::Unique { hash, epoch } => (Placement::Unique(hash), epoch.0),
    }
}

//! [`wire`]: all calls of a node written down and read, in one process.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use consort_runtime::remote::{
    Answered, Answering, Door, Doorstep, Ending, Entered, Entrance, Incoming, Inside, Joining, Leaving, Message,
    Placed, Placement, Remote, Starting, Telling,
};
use consort_runtime::{CallError, NotRun, Unknown};
use tokio::time::Instant;

/// Has every call of a shared service leave the node and come in again at its door: arguments, replies and errors
/// cross as they do between nodes, and nothing is left of what one process only has. What passes a test without it
/// and not with it would not pass on two nodes.
///
/// ```
/// # extern crate consort_runtime as consort;
/// use consort::prelude::*;
/// use consort_testkit::{TestNode, wire};
///
/// #[derive(Default)]
/// pub struct Counter { total: i64 }
///
/// #[service(key = "/counter/{name}")]
/// impl Counter {
///     pub async fn add(&mut self, by: i64) -> i64 { self.total += by; self.total }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let node = TestNode::start(Node::builder().serve::<Counter>().join(wire())).await;
/// assert_eq!(node.get::<Counter>("orders").add(3).await, Ok(3));
/// # }
/// ```
pub fn wire() -> Wire {
    Wire { _made: () }
}

/// What [`wire`] makes: to be given to [`NodeBuilder::join`](consort_runtime::NodeBuilder::join).
#[derive(Debug)]
pub struct Wire {
    _made: (),
}

impl Joining for Wire {
    fn hands_all_over(&self) -> bool {
        true
    }

    fn start(self: Box<Self>, inside: Inside) -> Starting {
        let (door, entrances, doorstep) = (inside.door(), Mutex::default(), Arc::default());
        let around: Arc<dyn Remote> = Arc::new(Around { door, entrances, doorstep });
        Box::pin(ready(Ok(around)))
    }
}

/// Out of a node and into it again.
struct Around {
    door: Door,
    /// By service, version and method: a program has few.
    entrances: Mutex<HashMap<[&'static str; 3], Entrance>>,
    doorstep: Arc<Doorstep>,
}

impl Around {
    fn entrance(&self, message: &Message) -> Result<Entrance, NotRun> {
        let names = [message.service, message.version, message.method];
        let mut entrances = self.entrances.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entrance) = entrances.get(&names) {
            return Ok(entrance.clone());
        }
        self.door.check_contract(message.service, message.version)?;
        let entrance = self.door.entrance(message.service, message.method)?;
        entrances.insert(names, entrance.clone());
        Ok(entrance)
    }
}

impl Remote for Around {
    fn place(&self, _: &'static str, _: Placement, _: bool) -> Placed {
        Placed::Away
    }

    fn owns(&self, _: &'static str, _: Placement, _: bool) -> bool {
        true
    }

    fn fence(&self, _: Placement) -> u64 {
        1
    }

    fn ask(&self, message: Message) -> Answering {
        let asked = self.entrance(&message).map(|entrance| entrance.ask(Incoming::from(&message), &self.doorstep));
        match asked {
            Ok(Entered::Ended(answer)) => Box::pin(ready(carried(answer))),
            Ok(Entered::Under(way)) => Box::pin(async move { carried(way.await) }),
            Err(why) => Box::pin(ready(Err(not_run(why).into()))),
        }
    }

    fn tell(&self, message: Message) -> Telling {
        let told = self.entrance(&message).map(|entrance| entrance.tell(Incoming::from(&message), &self.doorstep));
        match told {
            Ok(Entered::Ended(end)) => Box::pin(ready(end.map_err(not_run))),
            Ok(Entered::Under(way)) => Box::pin(async move { way.await.map_err(not_run) }),
            Err(why) => Box::pin(ready(Err(not_run(why)))),
        }
    }

    fn try_tell(&self, message: Message) -> Result<(), NotRun> {
        let told = self.entrance(&message).and_then(|entrance| entrance.try_tell(Incoming::from(&message)));
        told.map_err(not_run)
    }

    fn leave(&self, _: Instant) -> Leaving<'_> {
        Box::pin(ready(Ok(())))
    }

    fn ended(&self) -> Ending {
        Box::pin(ready(()))
    }
}

/// The answer as it comes out of frames.
fn carried(answer: Answered) -> Answered {
    answer.map_err(|error| match error {
        CallError::App(error) => CallError::App(error),
        CallError::NotRun(why) => CallError::NotRun(not_run(why)),
        CallError::Unknown(why) => CallError::Unknown(Unknown::unpack(why.code(), &why.to_string(), &why.pack())),
    })
}

fn not_run(why: NotRun) -> NotRun {
    NotRun::unpack(why.code(), &why.to_string(), why.is_retryable(), &why.pack())
}

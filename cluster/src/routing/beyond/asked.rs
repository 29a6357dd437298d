//! [`Asked`]: an ask that was made of another node.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use consort_runtime::error::CallError;
use consort_runtime::remote::{Answering, Message};

use crate::routing::order::{Ask, Step};
use crate::routing::router::{Router, judge};
use crate::transport::Answer;

/// An ask that is on its way. All asks but few end with their first answer, so this is written out by hand: the future of
/// an async function that could also hold the call is ten times as large, and is moved about before it is polled.
pub(crate) struct Asked {
    router: Arc<Router>,
    message: Arc<Message>,
    stage: Stage,
}

enum Stage {
    Sent(NodeId, Answer),
    /// It is held, or turned out to be for this node.
    Held(Answering),
}

impl Asked {
    /// Goes on from its first step.
    pub(crate) fn follow(router: Arc<Router>, message: Arc<Message>, first: Step<Ask>) -> Answering {
        match first {
            Step::Sent(node, answer) => Box::pin(Asked { router, message, stage: Stage::Sent(node, answer) }),
            first => Box::pin(async move { router.see_through(&message, first).await }),
        }
    }
}

impl Future for Asked {
    type Output = Result<Bytes, CallError<Bytes>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Asked { router, message, stage } = &mut *self;
        let (node, answer) = match stage {
            Stage::Sent(node, answer) => (*node, answer),
            Stage::Held(held) => return held.as_mut().poll(cx),
        };
        match judge(node, ready!(Pin::new(answer).poll(cx))) {
            ControlFlow::Break(outcome) => Poll::Ready(outcome),
            ControlFlow::Continue(why) => {
                let (router, message) = (Arc::clone(router), Arc::clone(message));
                let mut held: Answering = Box::pin(async move { router.hold(&message, why).await });
                let polled = held.as_mut().poll(cx);
                *stage = Stage::Held(held);
                polled
            }
        }
    }
}

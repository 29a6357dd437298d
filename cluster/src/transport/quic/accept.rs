//! Accepting: from a stranger's first packet to a session that is served.

use std::sync::Arc;

use consort_protocol::cluster::link::hello::{Agreed, Refusal, Session as Continues, encode};
use quinn::{Connection, Incoming, SendStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use super::super::{Peer, Why};
use super::callers::Attached;
use super::core::Core;
use super::dial::{Failed, read_hello};
use super::lanes::{Carried, LaneEnd};
use super::refusals::{refuse, went};

/// Accepts connections until the endpoint is closed.
pub(super) async fn accept(core: Arc<Core>, endpoint: usize) {
    let pending = core.limits.handshake.pending;
    let places = Arc::new(Semaphore::new(pending));
    let Some(quinn) = core.endpoints[endpoint].quinn() else { return };
    while let Some(incoming) = quinn.accept().await {
        let under_way = pending - places.available_permits();
        if under_way >= core.limits.handshake.retry_above
            && incoming.may_retry()
            && !incoming.remote_address_validated()
        {
            // An address that is not the sender's own never sees the token.
            let _ = incoming.retry();
            continue;
        }
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            incoming.refuse();
            continue;
        };
        let core = Arc::clone(&core);
        tokio::spawn(async move {
            let greeted = greet(&core, endpoint, incoming).await;
            drop(place);
            if let Some((connection, attached)) = greeted {
                carry(&core, connection, attached).await;
            }
        });
    }
}

/// The handshake; `None` if it came to nothing.
async fn greet(core: &Arc<Core>, endpoint: usize, incoming: Incoming) -> Option<(Connection, Attached)> {
    let from = incoming.remote_address();
    let mut connection = None;
    let hello = timeout(core.limits.handshake.time, answer_hello(core, endpoint, incoming, &mut connection)).await;
    let failed = match hello.unwrap_or(Err(Failed::Refused(Refusal::TooLate))) {
        Ok(attached) => return connection.zip(attached),
        Err(failed) => failed,
    };
    if let Failed::Refused(refusal) = failed {
        core.log_refusal(from, &refusal, "accepting");
        if let Some(connection) = connection {
            refuse(&connection, &refusal);
        }
    }
    None
}

async fn answer_hello(
    core: &Arc<Core>,
    endpoint: usize,
    incoming: Incoming,
    connection: &mut Option<Connection>,
) -> Result<Option<Attached>, Failed> {
    let config = core.settings.server(incoming.remote_address().ip());
    let connection = connection.insert(incoming.accept_with(config)?.await?).clone();
    let (mut send, mut receive) = connection.accept_bi().await?;
    let agreed = read_hello(core, &mut receive, core.handshake(None)).await?;
    core.meet(&agreed.theirs);
    if agreed.theirs.session.number == 0 {
        say_hello(core, &mut send, Continues::default()).await?;
        // Who only greets hangs up when it has read this; the idle time bounds how long that takes.
        connection.closed().await;
        return Ok(None);
    }
    let attached = attach(core, endpoint, &connection, agreed)?;
    say_hello(core, &mut send, attached.continues).await?;
    Ok(Some(attached))
}

fn attach(core: &Core, endpoint: usize, connection: &Connection, agreed: Agreed) -> Result<Attached, Failed> {
    let wanted = agreed.theirs.session;
    let peer = Arc::new(Peer::new(agreed, connection.remote_address()));
    let with = (Arc::clone(&core.serve), Arc::clone(&core.limits), Arc::clone(&core.endpoints[endpoint].bell));
    core.callers.attach(peer, wanted, connection.clone(), with).map_err(Failed::Refused)
}

async fn say_hello(core: &Core, send: &mut SendStream, session: Continues) -> Result<(), Failed> {
    let mut hello = Vec::new();
    encode(&core.hello(session), &mut hello);
    send.write_all(&hello).await?;
    Ok(())
}

/// Carries the session until its connection is lost, and keeps it for the next one.
async fn carry(core: &Arc<Core>, connection: Connection, attached: Attached) {
    let carried =
        Carried { session: Arc::clone(&attached.session), number: attached.connection, connection: connection.clone() };
    let mut lanes = JoinSet::new();
    let max = core.limits.records.membership as usize;
    let broken = loop {
        tokio::select! {
        // In this order, so that a simulation repeats itself.
        biased;
                   lane = connection.accept_bi() => match lane {
                       Ok((send, receive)) => drop(lanes.spawn(carried.clone().accept_lane(send, receive))),
                       Err(_) => break None,
                   },
                   post = connection.accept_uni() => match post {
                       Ok(receive) => drop(lanes.spawn(carried.clone().read_post(receive, max))),
                       Err(_) => break None,
                   },
                   Some(ended) = lanes.join_next() => {
                       if let Some(broken) = broken(ended) {
                           break Some(broken);
                       }
                   }
               }
    };
    drop(lanes);
    match broken {
        Some(what) => {
            tracing::warn!(peer = %connection.remote_address(), what, "a link is broken");
            refuse(&connection, &Refusal::Malformed(what.into()));
        }
        // Whoever went on purpose does not come back for it.
        None if went(&connection) => {}
        None => core.callers.keep(&attached, core.limits.resume).await,
    }
    core.callers.end(&attached, &Why::Forgotten);
}

/// What a peer did that nobody may do; `None` if the lane just ended.
pub(super) fn broken(ended: Result<Result<(), LaneEnd>, JoinError>) -> Option<String> {
    match ended {
        Ok(Err(LaneEnd::Broken(broken))) => Some(broken.to_string()),
        Ok(Ok(()) | Err(LaneEnd::Lost)) => None,
        Err(panic) => Some(panic.to_string()),
    }
}

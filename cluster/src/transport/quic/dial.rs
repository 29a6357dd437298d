//! Dialling: from an address to an agreed link.

use std::net::SocketAddr;
use std::sync::Arc;

use consort_protocol::cluster::NodeId;
use consort_protocol::cluster::link::hello::{Agreed, Handshake, Refusal, Session as Continues, encode};
use quinn::{Connection, ConnectionError, ReadError, RecvStream, WriteError};
use tokio::time::timeout;

use super::core::Core;
use super::refusals::{refusal, refuse};

/// Why a handshake came to nothing.
#[derive(Debug)]
pub(super) enum Failed {
    Refused(Refusal),
    Unreachable,
    /// The stream ended before its hello. The connection's end says why, and comes a little later.
    Ended,
}

/// Connects and says hello. The link is up when the other's hello came: a connection alone means nothing, as the
/// other side looks at certificates after this one does.
pub(super) async fn dial(
    core: &Arc<Core>,
    endpoint: usize,
    to: SocketAddr,
    expected: Option<NodeId>,
    session: Continues,
) -> Result<(Connection, Agreed), Failed> {
    let dialled = timeout(core.limits.handshake.time, greet(core, endpoint, to, expected, session)).await;
    dialled.unwrap_or(Err(Failed::Unreachable))
}

async fn greet(
    core: &Arc<Core>,
    endpoint: usize,
    to: SocketAddr,
    expected: Option<NodeId>,
    session: Continues,
) -> Result<(Connection, Agreed), Failed> {
    let config = core.settings.client(to.ip());
    // Names are not looked at (see the certificates), but TLS wants one.
    let quinn = core.endpoints[endpoint].quinn().ok_or(Failed::Unreachable)?;
    let connecting = quinn.connect_with(config, to, "node");
    let connection = connecting.map_err(|_| Failed::Unreachable)?.await?;
    match exchange(core, &connection, expected, session).await {
        Ok(agreed) => Ok((connection, agreed)),
        Err(Failed::Ended) => Err(connection.closed().await.into()),
        Err(Failed::Refused(refusal)) => {
            refuse(&connection, &refusal);
            Err(Failed::Refused(refusal))
        }
        Err(Failed::Unreachable) => Err(Failed::Unreachable),
    }
}

async fn exchange(
    core: &Core,
    connection: &Connection,
    expected: Option<NodeId>,
    session: Continues,
) -> Result<Agreed, Failed> {
    let (mut send, mut receive) = connection.open_bi().await?;
    let mut hello = Vec::new();
    encode(&core.hello(session), &mut hello);
    send.write_all(&hello).await?;
    read_hello(core, &mut receive, core.handshake(expected)).await
}

/// Reads until the handshake is decided.
pub(super) async fn read_hello(
    core: &Core,
    receive: &mut RecvStream,
    mut handshake: Handshake,
) -> Result<Agreed, Failed> {
    let mut bytes = [0; 1024];
    loop {
        let Some(read) = receive.read(&mut bytes).await? else {
            return Err(Failed::Ended);
        };
        let decided = handshake.handle_bytes(core.now(), bytes.get(..read).unwrap_or_default());
        if let Some(agreed) = decided.map_err(Failed::Refused)? {
            return Ok(agreed);
        }
    }
}

impl From<ConnectionError> for Failed {
    fn from(error: ConnectionError) -> Self {
        refusal(&error).map_or(Failed::Unreachable, Failed::Refused)
    }
}

impl From<ReadError> for Failed {
    fn from(error: ReadError) -> Self {
        if let ReadError::ConnectionLost(error) = error { error.into() } else { Failed::Ended }
    }
}

impl From<WriteError> for Failed {
    fn from(error: WriteError) -> Self {
        if let WriteError::ConnectionLost(error) = error { error.into() } else { Failed::Ended }
    }
}

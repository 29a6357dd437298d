//! Refusals as QUIC carries them: codes of a connection's end.

use consort_protocol::cluster::link::hello::Refusal;
use quinn::{Connection, ConnectionError, TransportErrorCode, VarInt};

/// The code of a connection that was cut on purpose: it comes again.
const CUT: u32 = 99;

/// Ends a connection, and says why.
pub(super) fn refuse(connection: &Connection, refusal: &Refusal) {
    let (code, detail) = refusal.to_wire();
    connection.close(VarInt::from_u32(code), &detail);
}

/// Ends a connection as a failing network would.
pub(super) fn cut(connection: &Connection) {
    connection.close(VarInt::from_u32(CUT), b"");
}

/// Whether the peer ended the connection because it has no more use for it.
pub(super) fn went(connection: &Connection) -> bool {
    connection.close_reason().and_then(|error| refusal(&error)) == Some(Refusal::GoingDown)
}

/// What the end of a connection says; `None` if it says nothing but that the peer is out of reach.
pub(super) fn refusal(error: &ConnectionError) -> Option<Refusal> {
    match error {
        ConnectionError::ApplicationClosed(close) if close.error_code == VarInt::from_u32(CUT) => None,
        ConnectionError::ApplicationClosed(close) => {
            Some(Refusal::from_wire(close.error_code.into_inner(), &close.reason))
        }
        ConnectionError::ConnectionClosed(close) => of_code(close.error_code, &close.reason),
        ConnectionError::TransportError(error) => of_code(error.code, error.reason.as_bytes()),
        ConnectionError::VersionMismatch => Some(Refusal::Malformed("it speaks another version of QUIC".into())),
        ConnectionError::Reset
        | ConnectionError::TimedOut
        | ConnectionError::LocallyClosed
        | ConnectionError::CidsExhausted => None,
    }
}

/// TLS says in an alert why a certificate is refused; QUIC adds 0x100 to its number (RFC 9001, section 4.8).
fn of_code(code: TransportErrorCode, reason: &[u8]) -> Option<Refusal> {
    if code == TransportErrorCode::CONNECTION_REFUSED {
        return Some(Refusal::Busy);
    }
    let alert = u64::from(code).checked_sub(0x100).filter(|alert| *alert < 0x100)?;
    Some(match alert {
        // 51 where the other authority has the same name: its signature does not fit.
        48 | 51 => Refusal::WrongAuthority,
        45 => Refusal::Expired,
        _ => Refusal::BadCertificate(String::from_utf8_lossy(reason).into_owned().into()),
    })
}

//! The hello, byte by byte. `docs/wire.md` has the table; numbers are little-endian.

use super::bytes::Reader;
use super::{Announced, ClusterId, Hello, Session, Versions};
use crate::cluster::{Generation, Life, NodeId};

/// Bytes of a hello at most, with its length before it: all that a stranger can make a node keep.
pub const HELLO_MAX: usize = 16 * 1024;

/// The first bytes, so that what is not a hello is not taken for one.
const MAGIC: &[u8; 4] = b"CNST";

/// Bytes that are no hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It ends too early.
    #[error("it ends too early")]
    Short,
    /// It is longer than [`HELLO_MAX`].
    #[error("it is longer than {HELLO_MAX} bytes")]
    Long,
    /// It does not begin as a hello does.
    #[error("it does not begin with CNST")]
    NoMagic,
    /// A text is not UTF-8.
    #[error("a text in it is not UTF-8")]
    NotText,
    /// The cluster has no name, or too long a one.
    #[error("the cluster's name has not 1 to 128 bytes")]
    NoCluster,
    /// The node's id is 0.
    #[error("the node's id is 0")]
    NoNode,
    /// The oldest version is newer than the newest.
    #[error("the versions are from a newer to an older one")]
    NoVersions,
}

/// Writes the hello behind `to`, its length first. What does not fit is cut off the metadata, which is bounded by who
/// makes it.
pub fn encode(hello: &Hello, to: &mut Vec<u8>) {
    let start = to.len();
    to.extend_from_slice(&[0; 4]);
    to.extend_from_slice(MAGIC);
    to.extend_from_slice(&hello.versions.low.to_le_bytes());
    to.extend_from_slice(&hello.versions.high.to_le_bytes());
    to.extend_from_slice(&hello.life.id.number().to_le_bytes());
    to.extend_from_slice(&hello.life.generation.0.to_le_bytes());
    to.extend_from_slice(&hello.session.number.to_le_bytes());
    to.push(u8::from(hello.session.resumed));
    to.extend_from_slice(&hello.announced.record.to_le_bytes());
    to.extend_from_slice(&hello.announced.payload.to_le_bytes());
    to.extend_from_slice(&hello.announced.window.to_le_bytes());
    to.extend_from_slice(&hello.announced.asks.to_le_bytes());
    counted(hello.cluster.name().as_bytes(), start, to);
    counted(hello.address.as_bytes(), start, to);
    counted(&hello.metadata, start, to);
    let length = (to.len() - start - 4) as u32;
    to[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn counted(bytes: &[u8], start: usize, to: &mut Vec<u8>) {
    let room = (start + HELLO_MAX).saturating_sub(to.len() + 2);
    let bytes = &bytes[..bytes.len().min(room)];
    to.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
    to.extend_from_slice(bytes);
}

/// Reads a hello from the front; `None` while it is not there as a whole. What stands behind the known fields is of a
/// later version and is skipped.
///
/// # Errors
/// [`Malformed`], as soon as it is seen.
pub fn decode(bytes: &[u8]) -> Result<Option<Hello>, Malformed> {
    let Some((length, rest)) = bytes.split_first_chunk() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) as usize;
    if length > HELLO_MAX - 4 {
        return Err(Malformed::Long);
    }
    match rest.get(..length) {
        Some(hello) => read(&mut Reader(hello)).map(Some),
        None => Ok(None),
    }
}

fn read(from: &mut Reader) -> Result<Hello, Malformed> {
    if from.array()? != *MAGIC {
        return Err(Malformed::NoMagic);
    }
    let versions = Versions { low: from.u16()?, high: from.u16()? };
    if versions.low > versions.high {
        return Err(Malformed::NoVersions);
    }
    let id = NodeId::new(from.u64()?).ok_or(Malformed::NoNode)?;
    let life = Life { id, generation: Generation(from.u64()?) };
    let session = Session { number: from.u64()?, resumed: from.u8()? != 0 };
    let announced = Announced { record: from.u32()?, payload: from.u64()?, window: from.u64()?, asks: from.u32()? };
    let cluster = ClusterId::new(from.text()?).map_err(|_| Malformed::NoCluster)?;
    let address = from.text()?.into();
    let metadata = from.counted()?.to_vec();
    Ok(Hello { cluster, life, versions, announced, session, address, metadata })
}

//! Frames: the payload's length, the call's number, the payload.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The number of frames that nobody answers.
pub const TELL: u32 = u32::MAX;

/// Bytes before the payload.
const HEAD: usize = 8;

/// Bytes asked for in one read: enough for all that comes together.
const READ: usize = 64 << 10;

/// Appends a frame.
pub fn put(out: &mut BytesMut, number: u32, payload: &[u8]) {
    out.reserve(HEAD + payload.len());
    out.put_u32(payload.len() as u32);
    out.put_u32(number);
    out.put_slice(payload);
}

/// Takes a frame off, if it is there as a whole.
pub fn take(from: &mut BytesMut) -> Option<(u32, Bytes)> {
    let length = from.get(..4)?.get_u32() as usize;
    if from.len() < HEAD + length {
        from.reserve((HEAD + length).saturating_sub(from.len()));
        return None;
    }
    from.advance(4);
    let number = from.get_u32();
    Some((number, from.split_to(length).freeze()))
}

/// Reads what is there; false at the end of the stream.
pub async fn read(stream: &mut (impl AsyncRead + Unpin), into: &mut BytesMut) -> bool {
    into.reserve(READ);
    stream.read_buf(into).await.is_ok_and(|read| read > 0)
}

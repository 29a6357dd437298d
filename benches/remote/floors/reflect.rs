//! The server: sends asks back and counts tells.

use super::frames;
use crate::engine::count_tell;
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

/// Serves one stream until it ends. What came together is answered together.
pub async fn reflect(mut reader: impl AsyncRead + Unpin, mut writer: impl AsyncWrite + Unpin) {
    let (mut came, mut answers) = (BytesMut::new(), BytesMut::new());
    while frames::read(&mut reader, &mut came).await {
        while let Some((number, payload)) = frames::take(&mut came) {
            match number {
                frames::TELL => count_tell(),
                number => frames::put(&mut answers, number, &payload),
            }
        }
        if !answers.is_empty() && writer.write_all_buf(&mut answers).await.is_err() {
            return;
        }
    }
}

//! The client: many calls over one stream.

use super::frames;
use crate::engine::{Failure, failure};
use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};

/// Bytes that wait to be written; beyond it tells wait.
const WAITING_MAX: usize = 1 << 20;

/// Many calls over one stream. What is called while the stream is busy is written together.
#[derive(Default)]
pub struct Mux {
    state: Mutex<State>,
    /// There is something to write.
    filled: Notify,
    /// All of it was taken to be written.
    emptied: Notify,
}

#[derive(Default)]
struct State {
    out: BytesMut,
    /// By the number of the call.
    waiting: Vec<Option<oneshot::Sender<Bytes>>>,
    free: Vec<u32>,
}

impl Mux {
    /// Carries calls over a stream, on the current runtime.
    pub fn over<R, W>(reader: R, writer: W) -> Arc<Self>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let mux = Arc::new(Self::default());
        tokio::spawn(mux.clone().write(writer));
        tokio::spawn(mux.clone().read(reader));
        mux
    }

    /// Asks for the payload back.
    pub async fn ask(&self, payload: &[u8]) -> Result<usize, Failure> {
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.state.lock();
            let number = state.wait(sender);
            frames::put(&mut state.out, number, payload);
        }
        self.filled.notify_one();
        answer.await.map(|payload| payload.len()).map_err(failure)
    }

    /// Tells the payload, when there is room.
    pub async fn tell(&self, payload: &[u8]) -> Result<(), Failure> {
        loop {
            let emptied = self.emptied.notified();
            {
                let mut state = self.state.lock();
                if state.out.len() < WAITING_MAX {
                    frames::put(&mut state.out, frames::TELL, payload);
                    break;
                }
            }
            emptied.await;
        }
        self.filled.notify_one();
        Ok(())
    }

    async fn write(self: Arc<Self>, mut writer: impl AsyncWrite + Unpin) {
        let mut out = BytesMut::new();
        loop {
            self.filled.notified().await;
            std::mem::swap(&mut self.state.lock().out, &mut out);
            self.emptied.notify_waiters();
            if writer.write_all(&out).await.is_err() {
                return;
            }
            out.clear();
        }
    }

    async fn read(self: Arc<Self>, mut reader: impl AsyncRead + Unpin) {
        let mut came = BytesMut::new();
        while frames::read(&mut reader, &mut came).await {
            let mut state = self.state.lock();
            while let Some((number, payload)) = frames::take(&mut came) {
                // whoever asked may be gone
                let _ = state.answered(number).map(|asker| asker.send(payload));
            }
        }
        // whoever waits learns that nothing comes
        self.state.lock().waiting.clear();
    }
}

impl State {
    fn wait(&mut self, asker: oneshot::Sender<Bytes>) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.waiting.push(None);
            self.waiting.len() as u32 - 1
        });
        self.waiting[number as usize] = Some(asker);
        number
    }

    fn answered(&mut self, number: u32) -> Option<oneshot::Sender<Bytes>> {
        let asker = self.waiting.get_mut(number as usize)?.take();
        self.free.push(number);
        asker
    }
}

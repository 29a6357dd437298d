use std::sync::Arc;

use super::{Answers, Peer, Records};
use crate::transport::Lane;

/// Takes in what other nodes ask and tell.
pub trait Serve: Send + Sync + 'static {
    /// These records came together from one peer on one lane, in the order in which they were sent. Those of one lane
    /// of one peer are served one batch after the other; other lanes and peers may be served at the same time.
    ///
    /// It runs on the thread that carries the peer's connection, which carries nothing else meanwhile: it must not
    /// wait. Answers may be given at once or later, in any order, from any thread. Records that cannot be taken in yet
    /// are kept with a [`Hold`](super::Hold): as long as it lives their sender has less room, and in the end waits.
    ///
    /// A panic of it ends the connection; what had no answer goes unanswered.
    fn serve(&self, from: &Arc<Peer>, lane: Lane, batch: Records<'_>, answers: &Answers);
}

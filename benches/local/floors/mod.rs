//! Floors: what the work costs with no actor crate at all.

mod mpsc_oneshot;
mod mutex_pl;
mod mutex_tokio;

pub use mpsc_oneshot::MpscOneshot;
pub use mutex_pl::MutexPl;
pub use mutex_tokio::MutexTokio;

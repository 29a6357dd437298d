//! What is left without actors: frames with a length and a number, written together, over one stream and on one thread
//! in each process.

mod frames;
mod mux;
mod quic;
mod reflect;
mod tcp;

pub use quic::Quinn;
pub use tcp::Tcp;

//! The byte form of what members say to each other.
//!
//! Numbers are LEB128 varints, node ids eight bytes, texts carry their length before them. What comes from outside is
//! read with limits and never panics; what is not understood is refused whole, save fields of a later version inside a
//! [`Meta`](super::Meta), which are skipped.

mod introduction;
mod malformed;
mod meta;
mod packet;
mod passport;
mod reader;
mod write;

pub use introduction::Introduction;
pub use malformed::Malformed;
pub use packet::{MEMBERSHIP_PACKET_BYTES_MAX, Packet};
pub use reader::Reader;

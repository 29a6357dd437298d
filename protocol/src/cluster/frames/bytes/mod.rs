//! How the parts of a frame are read and written: numbers, texts, flags.

mod flags;
mod reader;
mod writer;

pub(super) use flags::Flags;
pub(super) use reader::Reader;
pub(super) use writer::Writer;

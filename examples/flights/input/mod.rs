//! The file: opened, unpacked, split and parsed, one row at a time.

mod counted;
mod error;
mod reader;
mod row;
mod text;

pub use error::InputError;
pub use reader::{BadRow, Reader};
pub use row::{Aircraft, Day, Origin, Row};

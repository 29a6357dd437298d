//! The slot table as bytes, as the control plane stores it.
//!
//! ```text
//! version   1 byte: 1
//! epoch     number
//! lives     how many, then two columns: node (distance to the one before), generation
//! entries   how many, then four columns: owner (distance to the one before, in lives), the age of its tenure,
//!           whom it comes from (0: nobody, else a life counted from 1), the age of that tenure (0 if nobody)
//! slots     one column of 4,096: 0 if it is nobody's, else an entry counted from 1
//! ```
//!
//! A *number* is in base 128, lowest digit first, each byte but the last with its highest bit set. The *age* of a tenure
//! is by how much the table's epoch is higher. A *column* is its least value (a number), the bits that the largest
//! distance to it needs (1 byte), and these distances with so many bits each, lowest bit first, filled up with zeros to
//! a whole byte. Lives and entries ascend, and each is in use, so one table has one form.
//!
//! A thousand nodes take about 14 KiB. Half of this is their ids, which are random and do not get shorter.

mod column;
mod error;
mod reader;
mod table;

pub use error::TableError;
pub use table::{TABLE_BYTES_MAX, TABLE_VERSION};

//! What holds in every course, one rule to a file. Each says what breaks it first.

mod acknowledged;
mod all;
mod answers;
mod ends;
mod fate;
mod not_run;
mod once;
mod one_writer;
mod order;
mod told;

pub use all::{Verdict, are_bonds_settled, broken};

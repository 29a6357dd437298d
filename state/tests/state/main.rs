//! Stores of states: the suite on both, the file, and a process that is killed.

mod file;
mod killed;
mod suite;

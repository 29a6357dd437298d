//! Real processes, real signals: three nodes of this very program, and a fourth that calls them and owns no keys.
//!
//! Every handler writes a line to one file. What the file says at the end is the rule that matters most: of the
//! instances of a counter, none writes after another has begun.

mod cluster;
mod counter;
mod journal;
mod load;
mod rules;

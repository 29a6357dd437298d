//! The rules of voters: how many there are, who they are, and how they change.

mod changing;
mod choosing;
mod cluster;
mod counting;
mod courses;
mod leaving;
mod losing;

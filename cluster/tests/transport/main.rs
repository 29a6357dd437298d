//! The rules of the transport, over real sockets of the loopback device.

mod asks;
mod certificates;
mod chores;
mod echo;
mod limits;
mod links;
#[path = "../common/lossy.rs"]
mod lossy;
mod nodes;
mod pressure;
mod refusals;
mod simulated;
mod strangers;

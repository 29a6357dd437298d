//! The rules of the transport, over real sockets of the loopback device.

mod asks;
mod echo;
mod nodes;

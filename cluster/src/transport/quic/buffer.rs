//! How much a socket keeps until its thread reads it.

use std::net::{Ipv4Addr, UdpSocket};

use socket2::SockRef;

/// Bytes that are asked for: some milliseconds of a fast network, and more than a peer has under way on all of its lanes.
/// Many systems grant less unless they are told otherwise: on Linux, `net.core.rmem_max`.
const WANTED: usize = 2 << 20;

/// Has a socket keep as much as the system grants. More than that is lost if it comes while the thread is at work, and has
/// to come again.
pub(super) fn widen(socket: &UdpSocket) {
    let _ = SockRef::from(socket).set_recv_buffer_size(WANTED);
}

/// Bytes that a socket of this machine keeps; 0 if that cannot be found out. What the system adds to each datagram counts.
pub(super) fn granted() -> usize {
    let room = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| {
        widen(&socket);
        SockRef::from(&socket).recv_buffer_size()
    });
    room.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_keeps_what_the_system_grants_and_so_does_every_other() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let before = SockRef::from(&socket).recv_buffer_size().unwrap();
        widen(&socket);
        let after = SockRef::from(&socket).recv_buffer_size().unwrap();
        assert!(after >= before.min(WANTED), "{before} and then {after}");
        assert_eq!(granted(), after);
    }
}

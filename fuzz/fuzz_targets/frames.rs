//! Any bytes: a frame or refused, msgpack or refused, never a panic, and nothing is understood in two ways.

#![no_main]

use consort_protocol::cluster::frames::Frame;
use consort_protocol::cluster::frames::msgpack::{self, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    read_frame(bytes);
    read_msgpack(bytes);
});

fn read_frame(bytes: &[u8]) {
    let Ok(frame) = Frame::decode(bytes) else { return };
    if let Frame::Ask(call) | Frame::Tell(call) = frame {
        assert_eq!(call.waiting.iter().count(), call.waiting.len());
    }
    read_msgpack(frame.body());
    let mut again = Vec::new();
    frame.encode(&mut again).expect("what was read is within the limits");
    // empty parts and those of a later version are not written again
    assert!(again == bytes || again.len() < bytes.len());
    assert_eq!(Frame::decode(&again), Ok(frame));
}

fn read_msgpack(bytes: &[u8]) {
    let checked = msgpack::check(bytes, Limits::default());
    if let Ok(fields) = msgpack::fields(bytes, ["by", "note"], Limits::default()) {
        assert_eq!(checked, Ok(()));
        for field in fields.into_iter().flatten() {
            let limits = Limits { depth: msgpack::DEPTH_MAX - 1, ..Limits::default() };
            assert_eq!(msgpack::check(&bytes[field], limits), Ok(()));
        }
    }
}

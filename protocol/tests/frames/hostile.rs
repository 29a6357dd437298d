//! Bytes from who means harm, or from a broken machine: refused with the place, never a panic.

use consort_protocol::cluster::frames::msgpack::{self, Limits};
use consort_protocol::cluster::frames::{Frame, Malformed, Outcome, Reply, Why};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::{any, seed};

fn encoded(frame: Frame<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame.encode(&mut bytes).unwrap();
    bytes
}

/// Reads a frame and all that can be read of it.
fn read(bytes: &[u8]) -> Result<Frame<'_>, Malformed> {
    let read = Frame::decode(bytes);
    if let Ok(Frame::Ask(call) | Frame::Tell(call)) = &read {
        assert_eq!(call.waiting.iter().count(), call.waiting.len());
    }
    if let Err(wrong) = &read {
        assert!(wrong.at <= bytes.len(), "{wrong}");
        assert!(wrong.to_string().contains(wrong.field));
    }
    read
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn any_bytes_are_a_frame_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        if let Ok(frame) = read(&bytes) {
            prop_assert!(frame.body().len() <= bytes.len());
        }
    }

    #[test]
    fn bytes_that_begin_like_a_frame_are_one_or_refused(kind in 0..0x31_u8, bytes in vec(any::<u8>(), 0..300)) {
        let _ = read(&[&[kind, 0], &bytes[..]].concat());
    }

    /// Without its body, a frame that ends early is refused wherever it ends.
    #[test]
    fn a_head_that_ends_early_is_refused(frame in any::frame(), end in any::<Index>()) {
        let mut head = Vec::new();
        frame.encode_head(&mut head).unwrap();
        let end = end.index(head.len());
        if end > 0 || !matches!(frame, Frame::Ignored(_)) {
            let refused = read(&head[..end]);
            prop_assert!(matches!(refused, Err(Malformed { why: Why::Short { .. } , .. })), "{:?}", refused);
        }
    }

    /// What is still a frame is written again as it was, save for empty parts and those of a later version: nothing is
    /// understood in two ways.
    #[test]
    fn a_frame_with_wrong_bytes_is_another_one_or_refused(
        frame in any::frame(),
        wrong in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = encoded(frame);
        for (at, byte) in wrong {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let Ok(other) = read(&bytes) else { return Ok(()) };
        let again = encoded(other);
        let has_left_something_out = again.len() < bytes.len();
        prop_assert!(again == bytes || has_left_something_out);
    }

    #[test]
    fn bytes_after_a_frame_without_body_are_refused(frame in any::frame(), more in vec(any::<u8>(), 1..9)) {
        let bytes = [encoded(frame), more].concat();
        match frame {
            Frame::Reply(Reply { outcome: Outcome::NotOwner { .. } | Outcome::Contract { .. }, .. }) => {
                let why = read(&bytes).unwrap_err().why;
                prop_assert!(matches!(why, Why::Trailing { .. }), "{why}");
            }
            _ => _ = read(&bytes),
        }
    }

    #[test]
    fn any_bytes_are_msgpack_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        let checked = msgpack::check(&bytes, Limits::default());
        if let Err(wrong) = checked {
            prop_assert!(wrong.at <= bytes.len());
        }
        // fields ask for more than one value
        if msgpack::fields(&bytes, ["a", "b"], Limits::default()).is_ok() {
            prop_assert_eq!(checked, Ok(()));
        }
    }
}

/// A frame owns nothing, so that reading one allocates nothing, whatever lengths stand in it.
#[test]
fn a_frame_owns_nothing() {
    const fn owns_nothing<T: Copy>() {}
    owns_nothing::<Frame<'static>>();
    owns_nothing::<Malformed>();
    owns_nothing::<msgpack::Malformed>();
}

#[test]
fn a_length_beyond_the_end_is_refused_at_once() {
    for (bytes, field, at) in [
        (&[0x17, 0, 0, 0x7f, b'a'][..], "service", 4),
        (&[0x02, 0x40, 0, 0, 0x7f], "waiting", 5),
        (&[0x02, 0x08, 0, 0, 1, 2, 3], "trace id", 4),
    ] {
        let wrong = read(bytes).unwrap_err();
        assert_eq!((wrong.field, wrong.at), (field, at), "{wrong}");
        assert!(matches!(wrong.why, Why::Short { .. }), "{wrong}");
    }
}

#[test]
fn what_no_node_writes_is_refused_by_name() {
    for (bytes, text) in [
        (&[][..], "`kind` at byte 0: 1 bytes are needed and 0 are there"),
        (&[0x00], "`kind` at byte 0: there is no frame of kind 0x00"),
        (&[0xdf], "there is no frame of kind 0xdf"),
        (&[0x02, 0x80, 0x04], "`flags` at byte 1: there are no flags 0x200"),
        (&[0x02, 0x03, 0, 0], "`place` at byte 3: 3 is out of range"),
        (&[0x02, 0, 0xff, 0xff, 0xff, 0xff, 0x10], "`target` at byte 2: 4563402751 is out of range"),
        (&[0x02, 0, 0x80, 0x00], "`target` at byte 2: a number is not written in the one way there is"),
        (&[0x02, 0, 0, 1, 0xff], "`key` at byte 3: the text is not UTF-8"),
        (&[0x14, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "`node` at byte 3: 0 is out of range"),
        (&[0x14, 0, 0, 0], "`end` at byte 3: 1 bytes follow the end of the frame"),
        (&[0x30, 0, 0x00, 0x10], "`slot` at byte 2: 4096 is out of range"),
        (&[0x30, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xc0], "`offset` at byte 8: 1 is out of range"),
    ] {
        let wrong = read(bytes).unwrap_err().to_string();
        assert!(wrong.contains(text), "{wrong}");
    }
}

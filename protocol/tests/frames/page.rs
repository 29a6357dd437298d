//! What `docs/wire.md` and `docs/limits.md` say of frames is true.

use consort_protocol::cluster::frames::msgpack::{DEPTH_MAX, Limits};
use consort_protocol::cluster::frames::{Kind, limits::*};

use crate::golden::{GOLDEN, bytes_of};

const WIRE: &str = include_str!("../../../docs/wire.md");
const LIMITS: &str = include_str!("../../../docs/limits.md");

#[test]
fn the_examples_are_the_golden_files() {
    let mut examples = 0;
    for block in WIRE.split("```hex golden/").skip(1) {
        let (name, rest) = block.split_once('\n').expect("a name");
        let (hex, _) = rest.split_once("```").expect("an end");
        let is_named = |(version, file, _): &&(u16, &str, &str)| name == format!("{version}/{file}.hex");
        let (_, _, golden) = GOLDEN.iter().find(is_named).unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(bytes_of(hex), bytes_of(golden), "{name}");
        examples += 1;
    }
    assert_eq!(examples, 3);
}

#[test]
fn every_kind_stands_in_the_table_with_its_number_and_version() {
    for kind in Kind::ALL {
        let line = format!("| `{:#04x}` | {kind:?} | {} |", *kind as u8, kind.since());
        assert!(WIRE.contains(&line), "{line}");
    }
    let (first, last) = (Kind::IGNORABLE.start(), Kind::IGNORABLE.end());
    assert!(WIRE.contains(&format!("| `{first:#04x}` to `{last:#04x}` |")));
}

#[test]
fn every_limit_stands_on_the_page_of_limits_with_its_value() {
    let section = LIMITS.split("\n## ").find(|section| section.starts_with("Frames\n")).expect("a section");
    for (name, value, written) in [
        ("NAME_MAX", NAME_MAX, "255 bytes"),
        ("VERSION_MAX", VERSION_MAX, "64 bytes"),
        ("KEY_MAX", KEY_MAX, "8 KiB"),
        ("WAITING_MAX", WAITING_MAX, "128"),
        ("WAITER_MAX", WAITER_MAX, "8 KiB and 256 bytes"),
        ("TRACE_STATE_MAX", TRACE_STATE_MAX, "512 bytes"),
        ("BAGGAGE_MAX", BAGGAGE_MAX, "8 KiB"),
        ("TEXT_MAX", TEXT_MAX, "1 KiB"),
        ("HEAD_MAX", HEAD_MAX, "64 KiB"),
        ("PART_MAX", PART_MAX, "4 KiB"),
        ("DEPTH_MAX", usize::from(DEPTH_MAX), "32"),
        ("Limits::bytes", Limits::default().bytes as usize, "1 MiB"),
    ] {
        let line = section.lines().find(|line| line.contains(&format!("`{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is not on the page"));
        assert!(line.contains(&format!("| {written} |")), "{line}");
        assert_eq!(in_bytes(written), value, "{name}");
    }
}

/// The number that such words say.
fn in_bytes(written: &str) -> usize {
    let words: Vec<&str> = written.split_whitespace().filter(|word| *word != "and").collect();
    let unit = |pair: &[&str]| match pair.get(1) {
        Some(&"MiB") => 1 << 20,
        Some(&"KiB") => 1 << 10,
        _ => 1,
    };
    words.chunks(2).map(|pair| pair[0].replace(',', "").parse::<usize>().expect("a number") * unit(pair)).sum()
}

//! Flights: what it makes of files, good, bad and useless.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::flights::{HEADER, csv};
use crate::program::{file, report, run};

const GOOD: &str = "2013-01-01,0515,UA,1545,N14228,EWR,IAH,20,11,60,1400";

fn packed(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// Many rows, no two alike.
fn many() -> String {
    let rows = (0..20_000).map(|n| {
        let (day, plane, origin) = (n / 1000 + 1, n % 977, ["EWR", "JFK", "LGA"][n % 3]);
        let delay = if n % 41 == 0 { String::new() } else { (n as i64 % 60 - 20).to_string() };
        format!("2013-01-{day:02},0{}00,UA,{n},N{plane},{origin},IAH,{delay},1,60,{n}\n", n / 100 % 10)
    });
    std::iter::once(format!("{HEADER}\n")).chain(rows).collect()
}

#[test]
fn packed_and_plain_files_give_the_same() {
    let content = many();
    let halves = content.split_at(content.len() / 2);
    let inputs = [
        file("same.csv", &content),
        file("same.csv.gz", packed(&content)),
        // Told apart by the first bytes, not by the name; two gzip members in one file are legal.
        file("same_members", [packed(halves.0), packed(halves.1)].concat()),
        file("same_crlf.csv", content.replace('\n', "\r\n")),
        file("same_bom.csv", format!("\u{feff}{content}")),
    ];
    let reports = inputs.map(|input| {
        let mut report = report(&run("flights", &["--json", "--input", &input]).stdout);
        assert_eq!((&report["rows"], &report["bad_rows"]), (&json!(20_000), &json!(0)), "{input}");
        report["measured"].take();
        report["nodes"].take(); // they name their processes
        report
    });
    assert!(reports.iter().all(|report| report == &reports[0]), "{reports:#?}");
}

#[test]
fn columns_may_stand_in_any_order_beside_others() {
    let content = "tailnum,note,distance,air_time,arr_delay,dep_delay,dest,origin,flight,carrier,sched_dep,date\n\
                   N14228,\"on time, nearly\",1400,60,11,20,IAH,EWR,1545,UA,0515,2013-01-01\n";
    let output = run("flights", &["--json", "--input", &file("columns_any.csv", content)]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let report = report(&output.stdout);
    assert_eq!((&report["total"]["miles"], &report["total"]["late"]), (&json!(1400), &json!(1)));
}

#[test]
fn bad_rows_are_reported_by_line_counted_and_left_out() {
    let long = "x".repeat(5000);
    let bad = [
        ("2013-01-01,0515,UA,1545,N14228,EWR,IAH,soon,11,60,1400", "dep_delay `soon` is no whole number in range"),
        ("2013-02-29,0515,UA,1545,N14228,EWR,IAH,2,11,60,1400", "date `2013-02-29` is no day like 2013-12-31"),
        ("2013-01-01,2515,UA,1545,N14228,EWR,IAH,2,11,60,1400", "sched_dep `2515` is no time like 0515"),
        ("2013-01-01,0515,UA,1545,N14228,EWR,IAH,2,11,60,-1", "distance `-1` is no whole number in range"),
        ("2013-01-01,0515,UA", "3 fields where the header has 11"),
        ("2013-01-01,0515,\"UA,1545,N14228,EWR,IAH,2,11,60,1400", "3 fields where the header has 11"),
        (&long, "the line is longer than 4096 bytes"),
        ("2013-01-01,0515,UA,1545,N\u{e4},EWR,IAH,2,11,60,1400", "tailnum `N\\xc3\\xa4` is no code"),
    ];
    let rows: Vec<&str> = bad.iter().flat_map(|(row, _)| [GOOD, row]).collect();
    let output = run("flights", &["--json", "--input", &file("bad_rows.csv", csv(&rows))]);
    let errors = String::from_utf8_lossy(&output.stderr);
    for (number, (line, (_, reason))) in errors.lines().zip(&bad).enumerate() {
        assert!(line.starts_with(&format!("line {}: {reason}", 2 * number + 3)), "{line}");
    }
    assert_eq!((errors.lines().count(), output.status.code()), (bad.len(), Some(0)), "{errors}");
    let report = report(&output.stdout);
    assert_eq!((&report["rows"], &report["bad_rows"]), (&json!(16), &json!(8)));
    assert_eq!((&report["total"]["flights"], &report["verified"]), (&json!(8), &json!(true)));
}

#[test]
fn a_header_without_rows_is_a_file_of_no_flights() {
    let output = run("flights", &["--json", "--input", &file("header.csv", HEADER)]);
    assert_eq!(output.status.code(), Some(0));
    let report = report(&output.stdout);
    assert_eq!((&report["rows"], &report["airlines"], &report["verified"]), (&json!(0), &json!([]), &json!(true)));
}

#[test]
fn a_file_that_cannot_be_used_is_one_line_and_code_2() {
    let whole = packed(&many());
    let missing = HEADER.replace("tailnum,", "");
    for (input, says) in [
        (file("no_tail.csv", &missing), "misses the column tailnum; its header: date,"),
        (file("no_two.csv", missing.replace("date,", "")), "misses the columns date, tailnum; its header: sched_dep,"),
        ("no/such/file.csv".to_owned(), "no/such/file.csv: cannot be opened"),
        (file("empty.csv", ""), "is empty, not even a header"),
        (file("empty.csv.gz", packed("")), "is empty, not even a header"),
        (file("damaged.csv.gz", [0x1f, 0x8b, 8, 0, 1, 2]), "cannot be read"),
        (file("cut.csv.gz", &whole[..whole.len() / 2]), "cannot be read on after line"),
        (env!("CARGO_MANIFEST_DIR").to_owned(), "is not a file"),
    ] {
        let output = run("flights", &["--input", &input]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(says) && errors.lines().count() == 1, "{says}: {errors}");
        assert!(output.stdout.is_empty(), "nothing but the error");
    }
}

#[test]
fn arguments_that_make_no_sense_are_code_2() {
    for arguments in [["--limit", "some"], ["--top", "-1"], ["--output", "x"]] {
        assert_eq!(run("flights", &arguments).status.code(), Some(2), "{arguments:?}");
    }
}

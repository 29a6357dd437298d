//! Flights: what it prints of a file it can use.

use serde_json::{Value, json};

use crate::program::{file, printed, report, run};

pub const HEADER: &str = "date,sched_dep,carrier,flight,tailnum,origin,dest,dep_delay,arr_delay,air_time,distance";

/// Three flights of one aircraft, two of them late, and a cancelled one without tail number.
const ROWS: [&str; 4] = [
    "2013-01-01,0515,UA,1545,N14228,EWR,IAH,20,11,60,1400",
    "2013-01-01,0615,UA,1546,N14228,EWR,IAH,15,11,60,1400",
    "2013-01-02,0700,UA,1546,N14228,JFK,IAH,-3,-9,60,1400",
    "2013-01-01,0715,UA,1547,,EWR,IAH,,,,1400",
];

pub fn csv(rows: &[&str]) -> String {
    std::iter::once(&HEADER).chain(rows).flat_map(|row| [row, "\n"]).collect()
}

/// The report of a run without complaints, less what depends on the machine.
fn facts(arguments: &[&str]) -> Value {
    let mut report = report(printed("flights", arguments).as_bytes());
    assert_eq!(report["verified"], true);
    let measured = report.as_object_mut().and_then(|report| report.remove("measured")).expect("figures of the run");
    assert!(measured["rows_per_second_past_decoder"].is_u64(), "{measured}");
    report
}

#[test]
fn the_year_has_its_known_totals() {
    let report = facts(&["--json"]);
    assert_eq!((&report["rows"], &report["bad_rows"]), (&json!(336_776), &json!(0)));
    let total = &report["total"];
    assert_eq!((&total["flights"], &total["cancelled"]), (&json!(336_776), &json!(8_255)));
    assert_eq!((&total["miles"], &total["late"]), (&json!(344_477_462), &json!(72_914)));
    assert_eq!(report["busiest"][0]["tail"], "N725MQ");
    for figure in ["flights", "cancelled", "flown", "miles"] {
        let airlines = report["airlines"].as_array().expect("a list").iter();
        let sum: u64 = airlines.filter_map(|airline| airline[figure].as_u64()).sum();
        assert_eq!(total[figure], sum, "{figure} of the airlines add up to the grand total");
    }
}

#[test]
fn tables_show_airlines_aircraft_airports_and_what_was_measured() {
    let text = printed("flights", &["--limit", "5000", "--top", "2"]);
    let row = |start: &str| text.lines().find(|line| line.trim_start_matches(['│', ' ']).starts_with(start));
    for (start, says) in [("UA", "United Air Lines"), ("┆ all", "5,000"), ("JFK", "2013-01-0")] {
        assert!(row(start).is_some_and(|line| line.contains(says)), "{start}: {says}\n{text}");
    }
    for figure in ["  decoder: reading", "  slowest feeder: sending", "past the decoder", "memory per actor"] {
        assert!(row(figure.trim_start()).is_some(), "{figure}\n{text}");
    }
    assert!(text.ends_with("The twins' totals agree with the plain loop's.\n"), "{text}");
    let busiest = text.split("Busiest aircraft").nth(1).and_then(|rest| rest.split("Airports").next());
    assert_eq!(busiest.map(|table| table.lines().filter(|line| line.starts_with('│')).count()), Some(3));
}

#[test]
fn a_bar_is_for_terminals_only() {
    let output = run("flights", &["--limit", "5000"]);
    let printed = [output.stdout, output.stderr].concat();
    assert!(!printed.contains(&0x1b) && !printed.contains(&b'\r'), "{}", String::from_utf8_lossy(&printed));
}

#[test]
fn rows_come_to_their_twins_in_order_with_every_figure() {
    let report = facts(&["--json", "--input", &file("rows.csv", csv(&ROWS))]);
    let total = &report["total"];
    assert_eq!((&total["flights"], &total["cancelled"], &total["flown"]), (&json!(4), &json!(1), &json!(3)));
    assert_eq!((&total["miles"], &total["hours"]), (&json!(4_200), &json!(3.0)), "a cancelled flight flies no miles");
    assert_eq!((&total["late"], &total["minutes_late"]), (&json!(2), &json!(35)));
    assert_eq!(total["longest_delay_chain"], 2);
    assert_eq!(report["airlines"][0]["aircraft"], 1, "a flight without tail number is no aircraft");
    assert_eq!(report["airlines"][0]["flights"], 4, "but is its airline's");
    assert_eq!(report["busiest"].as_array().map(Vec::len), Some(1));
    let newark = &report["airports"][0];
    assert_eq!((&newark["origin"], &newark["departures"], &newark["cancelled"]), (&json!("EWR"), &json!(2), &json!(1)));
    assert_eq!((&newark["hours"][5], &newark["hours"][6], &newark["hours"][7]), (&json!(1), &json!(1), &json!(0)));
    let worst = json!({ "day": "2013-01-01", "departures": 2, "cancelled": 1, "minutes_late": 35 });
    assert_eq!(newark["worst_days"], json!([worst]));
}

#[test]
fn limit_takes_the_first_rows() {
    let input = file("limit.csv", csv(&ROWS));
    for (limit, rows, miles) in [("0", 0, 0), ("1", 1, 1400), ("3", 3, 4200), ("99", 4, 4200)] {
        let report = facts(&["--json", "--input", &input, "--limit", limit]);
        assert_eq!((&report["rows"], &report["total"]["miles"]), (&json!(rows), &json!(miles)), "limit {limit}");
    }
}

#[test]
fn top_of_zero_shows_no_aircraft() {
    let input = file("top.csv", csv(&ROWS));
    assert_eq!(facts(&["--json", "--input", &input, "--top", "0"])["busiest"], json!([]));
    let text = printed("flights", &["--input", &input, "--top", "0"]);
    assert!(!text.contains("Busiest") && !text.contains("N14228"), "{text}");
}

//! The report as tables.

use std::time::Duration;

use comfy_table::{CellAlignment, Row, Table, presets};

use super::airlines::{airlines, busiest};
use super::figures::{Report, rate};
use crate::feeder::Times;
use crate::twins::{Board, DaySheet, Logbook};

/// The figures of a logbook, as every table of aircraft shows them.
const FIGURES: [&str; 7] = ["flights", "cancelled", "miles", "hours", "late", "min. late", "chain"];

/// What the least obvious figures mean.
const LEGEND: &str = "\
Past the decoder: the workers' busy time shared among them, or the slowest feeder's work where that is longer: what
the run would take with the rows in memory. A call is a message sent (two a row) or a question asked (one a twin).";

impl Report {
    /// A table to a subject, one under the other; no aircraft with a `top` of 0.
    pub fn tables(&self, top: usize) -> String {
        let mut out = format!("Airlines\n{}\n\n", self.airlines());
        if top > 0 {
            out += &format!("Busiest aircraft by flights flown\n{}\n\n", self.busiest(top));
        }
        out += &format!("Airports\n{}\n\n", self.airports());
        if self.fed.homes.len() > 1 || self.killed.is_some() {
            out += &format!("Where the aircraft live\n{}\n{}\n", self.homes(), self.fate());
        }
        out += &format!("Measured\n{}\n{LEGEND}\n\n", self.measurements());
        match &self.difference {
            None => out += "The twins' totals agree with the plain loop's.",
            Some(difference) => out += &format!("The totals DIFFER: {difference}"),
        }
        out
    }

    fn airlines(&self) -> Table {
        let mut table = table(["", "airline", "aircraft"].into_iter().chain(FIGURES), 2);
        let airlines = airlines(&self.fed.ledger);
        for airline in &airlines {
            let names = [airline.code.clone(), airline.name.clone(), grouped(airline.aircraft)];
            table.add_row(names.into_iter().chain(figures(&airline.total)));
        }
        let aircraft = airlines.iter().map(|airline| airline.aircraft).sum();
        let total = [String::new(), "all".to_owned(), grouped(aircraft)];
        table.add_row(total.into_iter().chain(figures(&self.fed.ledger.total())));
        table
    }

    fn busiest(&self, top: usize) -> Table {
        let mut table = table(["tail", "airline", "flown"].into_iter().chain(FIGURES), 2);
        for (aircraft, logbook) in busiest(&self.fed.ledger, top) {
            let names = [aircraft.tail.to_string(), aircraft.carrier.to_string(), grouped(logbook.flown())];
            table.add_row(names.into_iter().chain(figures(&logbook)));
        }
        table
    }

    fn airports(&self) -> Table {
        let header =
            ["", "departures by hour, 0 to 23", "worst days (min. late, cancelled)", "departures", "cancelled"];
        let mut table = table(header.into_iter(), 3);
        for (origin, board) in &self.fed.ledger.airports {
            let worst: Vec<String> = board.worst_days(3).iter().map(day).collect();
            table.add_row([
                origin.to_string(),
                sparkline(board),
                worst.join("\n"),
                grouped(board.departures()),
                grouped(board.cancelled()),
            ]);
        }
        table
    }

    /// One bar to a node, as long as its share of the rows.
    fn homes(&self) -> Table {
        const WIDTH: u64 = 40;
        let all = self.fed.homes.values().map(|home| home.rows).sum::<u64>().max(1);
        let mut table = table(["process", "share of the rows", "aircraft", "rows"].into_iter(), 2);
        for (process, home) in &self.fed.homes {
            let here = if *process == std::process::id() { " (this one)" } else { "" };
            let bar = "█".repeat((home.rows * WIDTH).div_ceil(all) as usize);
            table.add_row([format!("{process}{here}"), bar, grouped(home.planes), grouped(home.rows)]);
        }
        table
    }

    /// What happened to twins on the way.
    fn fate(&self) -> String {
        let killed =
            self.killed.map(|process| format!("Process {process} was killed on the way. ")).unwrap_or_default();
        match self.fed.replayed {
            0 => format!("{killed}No message was lost.\n"),
            lost => format!("{killed}{} messages were lost with twins and fed again.\n", grouped(lost)),
        }
    }

    fn measurements(&self) -> Table {
        let Report { fed, .. } = self;
        let (rows, calls, past) = (fed.decoded.rows, self.calls(), self.past_decoder());
        let each = |count, what, time| format!("{} {what}/s", grouped(rate(count, time)));
        let slowest = |part: fn(&Times) -> Duration| Some(self.slowest(part));
        let none = String::new;
        let lines: [(&str, String, Option<Duration>); 14] = [
            (
                "rows of the file (bad ones among them)",
                format!("{} ({})", grouped(rows), grouped(fed.decoded.bad)),
                None,
            ),
            ("whole run, decoder and twins side by side", each(rows, "rows", fed.took), Some(fed.took)),
            ("  decoder: reading, unpacking, parsing", none(), Some(fed.decoded.decoding)),
            ("  decoder: waiting for feeders", none(), Some(fed.decoded.waiting)),
            ("  slowest feeder: waiting for the decoder", none(), slowest(|lane| lane.waiting)),
            ("  slowest feeder: sending", none(), slowest(|lane| lane.sending)),
            ("  slowest feeder: asking for totals", none(), slowest(|lane| lane.asking)),
            ("  all workers together, feeders and twins", format!("{} workers", fed.workers), Some(fed.busy)),
            ("past the decoder", each(rows, "rows", past), Some(past)),
            ("calls, whole run", each(calls, "calls", fed.took), None),
            ("calls, past the decoder", each(calls, "calls", past), None),
            ("actors", grouped(fed.ledger.actors() as u64), None),
            (
                "memory per actor, mailboxes and buffers too",
                self.bytes_per_actor().map_or("unknown".into(), bytes),
                None,
            ),
            ("plain loop, decoding included", each(rows, "rows", self.plain), Some(self.plain)),
        ];
        let mut table = table(["", "", "time"].into_iter(), 1);
        for (what, value, time) in lines {
            table.add_row([what.to_owned(), value, time.map(milliseconds).unwrap_or_default()]);
        }
        table
    }
}

/// An empty table whose columns are numbers from `numbers` on.
fn table<'a>(header: impl Iterator<Item = &'a str>, numbers: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(Row::from(header));
    table.column_iter_mut().skip(numbers).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    table
}

fn figures(logbook: &Logbook) -> [String; FIGURES.len()] {
    [
        logbook.flights,
        logbook.cancelled,
        logbook.miles,
        logbook.hours(),
        logbook.late,
        logbook.minutes_late,
        logbook.longest_chain,
    ]
    .map(grouped)
}

fn day(sheet: &DaySheet) -> String {
    format!("{} ({}, {})", sheet.day, grouped(sheet.minutes_late), grouped(u64::from(sheet.cancelled)))
}

/// One bar to an hour, as high as its share of the busiest hour.
fn sparkline(board: &Board) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = board.hours.iter().copied().max().unwrap_or(0).max(1);
    board.hours.iter().map(|count| if *count == 0 { ' ' } else { BARS[(count * 7 / most) as usize] }).collect()
}

fn bytes(count: u64) -> String {
    format!("{} bytes", grouped(count))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// The number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

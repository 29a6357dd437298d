//! The report as one JSON object.

use serde_json::{Value, json};

use super::airlines::{airlines, busiest};
use super::figures::{Report, rate};
use crate::twins::{DaySheet, Logbook};

impl Report {
    /// Totals, airlines, the `top` busiest aircraft, airports, and what was measured. Times are seconds.
    pub fn json(&self, top: usize) -> Value {
        let Report { fed, .. } = self;
        let airlines: Vec<Value> = airlines(&fed.ledger)
            .iter()
            .map(|airline| {
                with(
                    json!({ "carrier": airline.code, "name": airline.name, "aircraft": airline.aircraft }),
                    &airline.total,
                )
            })
            .collect();
        let busiest: Vec<Value> = busiest(&fed.ledger, top)
            .iter()
            .map(|(aircraft, logbook)| {
                let key = json!({ "carrier": aircraft.carrier.as_str(), "tail": aircraft.tail.as_str() });
                with(key, logbook)
            })
            .collect();
        let airports: Vec<Value> = fed
            .ledger
            .airports
            .iter()
            .map(|(origin, board)| {
                json!({
                    "origin": origin.as_str(),
                    "departures": board.departures(),
                    "cancelled": board.cancelled(),
                    "hours": board.hours,
                    "worst_days": board.worst_days(3).iter().map(day).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "verified": self.difference.is_none(),
            "rows": fed.decoded.rows,
            "bad_rows": fed.decoded.bad,
            "total": with(json!({}), &fed.ledger.total()),
            "airlines": airlines,
            "busiest": busiest,
            "airports": airports,
            "nodes": self.nodes(),
            "killed": self.killed,
            "replayed": fed.replayed,
            "measured": self.measured(),
        })
    }

    fn nodes(&self) -> Vec<Value> {
        let homes = self.fed.homes.iter();
        homes.map(|(process, home)| json!({ "process": process, "aircraft": home.planes, "rows": home.rows })).collect()
    }

    fn measured(&self) -> Value {
        let Report { fed, .. } = self;
        json!({
            "seconds": fed.took.as_secs_f64(),
            "decoding_seconds": fed.decoded.decoding.as_secs_f64(),
            "decoder_waiting_seconds": fed.decoded.waiting.as_secs_f64(),
            "feeders": fed.lanes.len(),
            "feeder_waiting_seconds": self.slowest(|lane| lane.waiting).as_secs_f64(),
            "feeder_sending_seconds": self.slowest(|lane| lane.sending).as_secs_f64(),
            "feeder_asking_seconds": self.slowest(|lane| lane.asking).as_secs_f64(),
            "workers": fed.workers,
            "workers_busy_seconds": fed.busy.as_secs_f64(),
            "rows_per_second": rate(fed.decoded.rows, fed.took),
            "rows_per_second_past_decoder": rate(fed.decoded.rows, self.past_decoder()),
            "calls": self.calls(),
            "calls_per_second": rate(self.calls(), fed.took),
            "calls_per_second_past_decoder": rate(self.calls(), self.past_decoder()),
            "actors": fed.ledger.actors(),
            "bytes_per_actor": self.bytes_per_actor(),
            "plain_loop_seconds": self.plain.as_secs_f64(),
        })
    }
}

/// `object` with a logbook's figures.
fn with(mut object: Value, logbook: &Logbook) -> Value {
    object["flights"] = logbook.flights.into();
    object["cancelled"] = logbook.cancelled.into();
    object["flown"] = logbook.flown().into();
    object["miles"] = logbook.miles.into();
    object["hours"] = (logbook.minutes as f64 / 60.0).into();
    object["late"] = logbook.late.into();
    object["minutes_late"] = logbook.minutes_late.into();
    object["longest_delay_chain"] = logbook.longest_chain.into();
    object
}

fn day(sheet: &DaySheet) -> Value {
    json!({
        "day": sheet.day.to_string(),
        "departures": sheet.departures,
        "cancelled": sheet.cancelled,
        "minutes_late": sheet.minutes_late,
    })
}

//! A snapshot as a table for people.

use std::fmt;
use std::time::Duration;

use super::{MethodSnapshot, ServiceSnapshot, TelemetrySnapshot};

const HEAD: [&str; 11] = ["method", "calls", "ok", "app", "not run", "unknown", "dropped", "p50", "p90", "p99", "max"];

type Row = [String; HEAD.len()];

impl fmt::Display for TelemetrySnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.on { "" } else { "; calls are not counted (CONSORT_TELEMETRY=on counts them)" };
        writeln!(f, "node {}, {:.1} s after its start{state}", self.node, self.at.as_secs_f64())?;
        self.services.iter().try_for_each(|service| write!(f, "\n{service}"))
    }
}

impl fmt::Display for ServiceSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = &self.stats;
        write!(f, "service {}: {} of {} actors live", stats.service, stats.activations, stats.actors)?;
        write!(f, ", {} starts, {} panics, {} restarts", stats.started, stats.panics, stats.restarts)?;
        write!(f, ", {} quarantines, {} dead letters", stats.quarantines, stats.dead_letters)?;
        write!(f, ", {} calls expired", stats.expired)?;
        if self.mailbox_waiting > 0 && stats.pool.is_none() {
            write!(f, ", {} messages wait", self.mailbox_waiting)?;
        }
        if let Some(pool) = stats.pool {
            write!(
                f,
                ", pool of {}: {} busy, {} idle, {} messages wait",
                pool.members,
                pool.busy,
                pool.idle(),
                pool.waiting
            )?;
        }
        if self.methods.is_empty() {
            return writeln!(f);
        }
        writeln!(f, ", fullest mailbox {} of {}", self.mailbox_fullest, self.mailbox_limit)?;
        write_table(f, &self.methods)?;
        self.methods.iter().filter(|method| !method.failures.is_empty()).try_for_each(|method| {
            let failures: Vec<_> = method.failures.iter().map(|(code, count)| format!("{count} × {code}")).collect();
            writeln!(f, "  {} failed: {}", method.method, failures.join(", "))
        })
    }
}

fn write_table(f: &mut fmt::Formatter<'_>, methods: &[MethodSnapshot]) -> fmt::Result {
    let rows: Vec<Row> = std::iter::once(HEAD.map(str::to_owned)).chain(methods.iter().map(row)).collect();
    let widths: [usize; HEAD.len()] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    for row in &rows {
        write!(f, "  {:<width$}", row[0], width = widths[0])?;
        for (cell, width) in row.iter().zip(widths).skip(1) {
            write!(f, "  {cell:>width$}")?;
        }
        writeln!(f)?;
    }
    Ok(())
}

fn row(method: &MethodSnapshot) -> Row {
    let counts = [method.calls(), method.replied, method.refused, method.not_run(), method.unknown(), method.dropped];
    let latency = &method.latency;
    let [calls, ok, app, not_run, unknown, dropped] = counts.map(|count| count.to_string());
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|share| short(latency.quantile(share)));
    let max = short((latency.count() > 0).then(|| latency.max()));
    [method.method.to_owned(), calls, ok, app, not_run, unknown, dropped, p50, p90, p99, max]
}

/// A duration with one decimal; `–` if there is none.
fn short(duration: Option<Duration>) -> String {
    duration.map_or("–".to_owned(), |duration| match duration.as_nanos() {
        ..1_000 => format!("{} ns", duration.as_nanos()),
        1_000..1_000_000 => format!("{:.1} µs", duration.as_nanos() as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", duration.as_nanos() as f64 / 1e6),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::snapshot::tests::snapshot;
    use super::*;

    #[test]
    fn a_snapshot_prints_as_a_table_with_aligned_columns() {
        let expected = "\
node shop, 12.3 s after its start

service counter: 3 of 5 actors live, 4 starts, 1 panics, 1 restarts, 0 quarantines, 0 dead letters, 2 calls expired, 2 messages wait, fullest mailbox 7 of 1024
  method  calls  ok  app  not run  unknown  dropped     p50     p90     p99     max
  add        18  12    1        3        1        1  2.0 µs  2.0 µs  2.0 µs  2.0 µs
  total       0   0    0        0        0        0       –       –       –       –
  add failed: 3 × C0001, 1 × C0020
";
        assert_eq!(snapshot().to_string(), expected);
    }

    #[test]
    fn without_telemetry_it_says_how_to_switch_it_on() {
        let mut snapshot = snapshot();
        snapshot.on = false;
        snapshot.services[0].methods.clear();
        let expected = "\
node shop, 12.3 s after its start; calls are not counted (CONSORT_TELEMETRY=on counts them)

service counter: 3 of 5 actors live, 4 starts, 1 panics, 1 restarts, 0 quarantines, 0 dead letters, 2 calls expired, 2 messages wait
";
        assert_eq!(snapshot.to_string(), expected);
    }

    #[test]
    fn durations_are_short_and_have_their_unit() {
        let printed = [999, 1_500, 2_000_000, 3_250_000_000].map(|nanos| short(Some(Duration::from_nanos(nanos))));
        assert_eq!(printed, ["999 ns", "1.5 µs", "2.0 ms", "3.2 s"]);
        assert_eq!(short(None), "–");
    }
}

//! A snapshot as OpenMetrics 1.0 text, which Prometheus scrapes.
//!
//! A metric family is written whole before the next: its `TYPE`, `UNIT` and `HELP`, then a sample a line.

use std::fmt::{self, Display, Write};
use std::time::Duration;

use super::{Histogram, MethodSnapshot, ServiceSnapshot, TelemetrySnapshot};
use crate::node::KindStats;

/// Upper bounds of the buckets in the text, as powers of two of nanoseconds, where [`Histogram`] counts exactly: every
/// second one from 256 ns to 69 s.
const BOUNDS: std::ops::RangeInclusive<u32> = 8..=36;

/// The gauges and counters of a service: name, type, what it is, its value if it has one.
type OfService = (&'static str, &'static str, &'static str, fn(&ServiceSnapshot) -> Option<u64>);

const OF_SERVICES: [OfService; 13] = [
    ("consort_activations", "gauge", "Live activations.", |it| Some(it.stats.activations)),
    ("consort_actors", "gauge", "Actors the node knows, live or not.", |it| Some(it.stats.actors)),
    ("consort_mailbox_waiting", "gauge", "Messages that wait in all mailboxes.", |it| Some(it.mailbox_waiting)),
    ("consort_mailbox_fullest", "gauge", "Messages that waited in one mailbox at most.", |it| {
        Some(it.mailbox_fullest.into())
    }),
    ("consort_pool_members", "gauge", "Members of the pool.", |it| Some(it.stats.pool?.members.into())),
    ("consort_pool_busy", "gauge", "Members that have something to do.", |it| Some(it.stats.pool?.busy.into())),
    ("consort_pool_waiting", "gauge", "Messages that wait for members.", |it| Some(it.stats.pool?.waiting)),
    ("consort_started", "counter", "Activations started.", |it| Some(it.stats.started)),
    ("consort_panics", "counter", "Handlers that panicked.", |it| Some(it.stats.panics)),
    ("consort_expired", "counter", "Calls whose deadline passed before they ran.", |it| Some(it.stats.expired)),
    ("consort_restarts", "counter", "Activations up again after a crash.", |it| Some(it.stats.restarts)),
    ("consort_quarantines", "counter", "Activations quarantined.", |it| Some(it.stats.quarantines)),
    ("consort_dead_letters", "counter", "Messages put into the dead letters.", |it| Some(it.stats.dead_letters)),
];

impl TelemetrySnapshot {
    /// The text of content type `application/openmetrics-text; version=1.0.0; charset=utf-8`. The names are listed in
    /// `docs/telemetry.md`. Durations are in seconds; buckets are the powers of four from 256 ns to 69 s.
    ///
    /// ```
    /// # use consort_runtime::{Node, telemetry::Telemetry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let node = Node::builder().telemetry(Telemetry::on()).start().await.unwrap();
    /// assert!(node.telemetry().to_openmetrics().ends_with("# EOF\n"));
    /// # }
    /// ```
    pub fn to_openmetrics(&self) -> String {
        let mut text = String::new();
        // a `String` takes whatever is written
        let _ = self.write_openmetrics(&mut text);
        text
    }

    fn write_openmetrics(&self, text: &mut String) -> fmt::Result {
        family(text, "consort_calls", "counter", "Calls that ended, by outcome.")?;
        for (labels, method) in self.methods() {
            for (outcome, count) in method.outcomes() {
                writeln!(text, "consort_calls_total{{{labels},outcome=\"{outcome}\"}} {count}")?;
            }
        }
        family(text, "consort_call_seconds", "histogram", "From a call to its handler's answer.")?;
        for (labels, method) in self.methods() {
            write_histogram(text, &labels, &method.latency)?;
        }
        for (name, sort, help, value) in OF_SERVICES {
            family(text, name, sort, help)?;
            let suffix = if sort == "counter" { "_total" } else { "" };
            for (service, value) in self.services.iter().filter_map(|service| Some((service, value(service)?))) {
                writeln!(text, "{name}{suffix}{{{}}} {value}", Label("service", service.name()))?;
            }
        }
        text.write_str("# EOF\n")
    }

    /// Every method with the labels that name it.
    fn methods(&self) -> impl Iterator<Item = (String, &MethodSnapshot)> {
        self.services.iter().flat_map(|service| {
            let label = Label("service", service.name());
            service.methods.iter().map(move |method| (format!("{label},{}", Label("method", method.method)), method))
        })
    }
}

impl ServiceSnapshot {
    fn name(&self) -> &'static str {
        let KindStats { service, .. } = self.stats;
        service
    }
}

fn family(text: &mut String, name: &str, sort: &str, help: &str) -> fmt::Result {
    writeln!(text, "# TYPE {name} {sort}")?;
    if name.ends_with("_seconds") {
        writeln!(text, "# UNIT {name} seconds")?;
    }
    writeln!(text, "# HELP {name} {help}")
}

fn write_histogram(text: &mut String, labels: &str, histogram: &Histogram) -> fmt::Result {
    for bound in BOUNDS.step_by(2) {
        let bound = Duration::from_nanos(1 << bound);
        let (le, count) = (bound.as_secs_f64(), histogram.count_up_to(bound));
        writeln!(text, "consort_call_seconds_bucket{{{labels},le=\"{le}\"}} {count}")?;
    }
    let (count, sum) = (histogram.count(), histogram.sum().as_secs_f64());
    writeln!(text, "consort_call_seconds_bucket{{{labels},le=\"+Inf\"}} {count}")?;
    writeln!(text, "consort_call_seconds_count{{{labels}}} {count}")?;
    writeln!(text, "consort_call_seconds_sum{{{labels}}} {sum}")
}

/// One label with its value, escaped.
struct Label<'a>(&'static str, &'a str);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=\"", self.0)?;
        for letter in self.1.chars() {
            match letter {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::super::snapshot::tests::snapshot;
    use super::*;

    /// The lines of samples: name with labels, value.
    fn samples(text: &str) -> Vec<(&str, &str)> {
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap()).collect()
    }

    #[test]
    fn every_sample_follows_its_familys_type_and_has_the_suffix_of_it() {
        let text = snapshot().to_openmetrics();
        let mut family = ("", "");
        let mut families = Vec::new();
        for line in text.lines() {
            if let Some(named) = line.strip_prefix("# TYPE ") {
                family = named.split_once(' ').unwrap();
                assert!(!families.contains(&family.0), "{} comes twice", family.0);
                families.push(family.0);
            } else if !line.starts_with('#') {
                let suffix = line.split('{').next().unwrap().strip_prefix(family.0).unwrap();
                let allowed: &[&str] = match family.1 {
                    "counter" => &["_total"],
                    "gauge" => &[""],
                    _ => &["_bucket", "_count", "_sum"],
                };
                assert!(allowed.contains(&suffix), "{line}");
            }
        }
        assert_eq!(families.len(), OF_SERVICES.len() + 2);
        assert!(text.ends_with("\n# EOF\n") && text.matches("# EOF").count() == 1);
    }

    #[test]
    fn units_stand_in_the_metadata_and_end_the_name() {
        let text = snapshot().to_openmetrics();
        let unit = text.lines().find(|line| line.starts_with("# UNIT")).unwrap();
        assert_eq!(unit, "# UNIT consort_call_seconds seconds");
    }

    #[test]
    fn calls_are_counted_by_outcome() {
        let text = snapshot().to_openmetrics();
        let add =
            |outcome: &str| format!("consort_calls_total{{service=\"counter\",method=\"add\",outcome=\"{outcome}\"}}");
        for (outcome, count) in [("ok", "12"), ("app", "1"), ("dropped", "1"), ("C0001", "3"), ("C0020", "1")] {
            assert!(samples(&text).contains(&(&add(outcome), count)), "{outcome}\n{text}");
        }
    }

    #[test]
    fn a_histogram_is_cumulative_in_seconds_and_ends_with_all() {
        let text = snapshot().to_openmetrics();
        let of_add = "consort_call_seconds_bucket{service=\"counter\",method=\"add\",le=";
        let counts: Vec<(f64, u64)> = samples(&text)
            .into_iter()
            .filter_map(|(name, value)| {
                let le = name.strip_prefix(of_add)?.trim_matches(['"', '}']);
                Some((le.parse().unwrap(), value.parse().unwrap()))
            })
            .collect();
        assert!(counts.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1), "{counts:?}");
        assert_eq!(counts.first(), Some(&(0.000_000_256, 0)));
        assert_eq!(counts.last(), Some(&(f64::INFINITY, 13)));
        assert!(counts.contains(&(0.000_001_024, 0)) && counts.contains(&(0.000_004_096, 13)), "{counts:?}");
        let sum = "consort_call_seconds_sum{service=\"counter\",method=\"add\"}";
        assert!(samples(&text).contains(&(sum, "0.000026")), "{text}");
        let count = "consort_call_seconds_count{service=\"counter\",method=\"add\"}";
        assert!(samples(&text).contains(&(count, "13")), "{text}");
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(Label("service", "a\\b\"c\nd").to_string(), r#"service="a\\b\"c\nd""#);
    }
}

//! The figures of one engine, and how they are printed.

use std::time::Instant;

use crate::engine::Placed;
use crate::measure::Sample;

/// What was found of one engine with so many nodes.
pub struct Row {
    pub engine: &'static str,
    pub nodes: usize,
    pub placed: Box<dyn Placed>,
    /// Nanoseconds of a look-up beyond hashing the key, round by round.
    pub lookups: Vec<f64>,
    /// Slots of the fullest node, against the mean.
    pub slots_max_to_mean: Option<f64>,
    /// Keys of the fullest node, against the mean.
    pub keys_max_to_mean: f64,
    /// What moves when a node comes, against what the newcomer should have: slots of the table, keys of the others.
    pub moved_on_add: f64,
    /// What moves when a node goes, against what it should have had; `None` for the only one.
    pub moved_on_remove: Option<f64>,
}

/// The lines above the table.
pub fn print_head(rounds: usize, sample: &Sample) {
    println!("{rounds} interleaved rounds of {} keys, each hashed in {:.1} ns\n", sample.hashes.len(), sample.hash_ns);
    println!("lookup: from the hash to the node; max/mean: the fullest node; add, remove: what moves, by what has to");
    println!(
        "{:>6} {:<12}{:>10} {:>17}{:>11}{:>10}{:>10}{:>10}",
        "nodes", "engine", "lookup ns", "min - max", "slots m/m", "keys m/m", "add", "remove"
    );
}

impl Row {
    /// One round of look-ups.
    pub fn time(&mut self, sample: &Sample) {
        let begun = Instant::now();
        std::hint::black_box(self.placed.sum(&sample.hashes));
        self.lookups.push(begun.elapsed().as_secs_f64() * 1e9 / sample.hashes.len() as f64);
    }

    /// The line for people.
    pub fn print(&self) {
        let (median, least, most) = self.lookup();
        let (range, optional) = (format!("{least:.1} - {most:.1}"), |figure: Option<f64>| {
            figure.map_or("-".to_owned(), |figure| format!("{figure:.3}"))
        });
        println!(
            "{:>6} {:<12}{median:>10.1} {range:>17}{:>11}{:>10.3}{:>10.3}{:>10}",
            self.nodes,
            self.engine,
            optional(self.slots_max_to_mean),
            self.keys_max_to_mean,
            self.moved_on_add,
            optional(self.moved_on_remove),
        );
    }

    /// One JSON object. All strings in it are names from this program, so that nothing needs escaping.
    pub fn print_json(&self) {
        let (median, least, most) = self.lookup();
        let optional = |name: &str, figure: Option<f64>| {
            figure.map_or(String::new(), |figure| format!(r#","{name}":{figure:.4}"#))
        };
        println!(
            r#"{{"bench":"placement","case":"{}","engine":"{}","lookup_ns":{median:.2},"lookup_ns_min":{least:.2},"lookup_ns_max":{most:.2},"keys_max_to_mean":{:.4},"moved_on_add":{:.4}{}{}}}"#,
            self.nodes,
            self.engine,
            self.keys_max_to_mean,
            self.moved_on_add,
            optional("moved_on_remove", self.moved_on_remove),
            optional("slots_max_to_mean", self.slots_max_to_mean),
        );
    }

    fn lookup(&self) -> (f64, f64, f64) {
        let mut rounds = self.lookups.clone();
        rounds.sort_by(f64::total_cmp);
        (rounds[rounds.len() / 2], rounds[0], rounds[rounds.len() - 1])
    }
}

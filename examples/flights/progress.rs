//! [`Progress`]: a bar on a terminal, silence in a pipe.

use std::io::{IsTerminal, stderr, stdout};

use indicatif::{ProgressBar, ProgressStyle};

use crate::input::{BadRow, Reader};

/// How far the file has been read. Cheap to clone: all clones are one bar.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar with a word on what is done; hidden unless both outputs are terminals.
    pub fn new(doing: &'static str, reader: &Reader) -> Progress {
        let (length, _) = reader.progress();
        let shown = stdout().is_terminal() && stderr().is_terminal();
        let bar = if shown { ProgressBar::new(length) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:>9} [{bar:40}] {percent:>3}% {bytes}/{total_bytes}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_message(doing);
        Progress { bar }
    }

    /// Shows how far `reader` is.
    pub fn advance(&self, reader: &Reader) {
        self.bar.set_position(reader.progress().1);
    }

    /// Reports a bad row on standard error without tearing the bar.
    pub fn report(&self, bad: &BadRow) {
        self.bar.suspend(|| eprintln!("line {}: {}", bad.line, bad.reason));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

//! [`Progress`]: a bar on a terminal, silence in a pipe.

use std::io::{IsTerminal, stderr, stdout};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::Notify;

use crate::input::{BadRow, Reader};

/// How far the file has been read. Cheap to clone: all clones are one bar.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    /// Told when half of the file has been read.
    half: Arc<Notify>,
    /// Whether bad rows are news.
    reports: bool,
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
        Progress { bar, half: Arc::default(), reports: true }
    }

    /// For one more pass over the same file: what is wrong with it has been said.
    pub fn again(&self) -> Progress {
        Progress { reports: false, ..self.clone() }
    }

    /// Waits until half of the file has been read. For one caller.
    pub async fn half_way(&self) {
        self.half.notified().await;
    }

    /// Shows how far `reader` is.
    pub fn advance(&self, reader: &Reader) {
        let (length, read) = reader.progress();
        self.bar.set_position(read);
        if read >= length / 2 {
            self.half.notify_one();
        }
    }

    /// Reports a bad row on standard error without tearing the bar.
    pub fn report(&self, bad: &BadRow) {
        if self.reports {
            self.bar.suspend(|| eprintln!("line {}: {}", bad.line, bad.reason));
        }
    }

    /// Takes the bar away. Who waits for half of the file does not wait any more: with a limit it may not come.
    pub fn finish(&self) {
        self.half.notify_one();
        self.bar.finish_and_clear();
    }
}

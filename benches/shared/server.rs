//! The other process: this program, started again.

use std::io::{BufRead, BufReader, Write, stdin};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

/// The word on the command line that makes a process a server.
pub const SERVE: &str = "serve";

/// A server process. It ends with this value, or with this process.
pub struct Server {
    pub child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one of this name and waits until it can be reached: where.
    pub fn start(name: &str) -> (Self, String) {
        let program = std::env::current_exe().expect("the system knows this program");
        let mut command = Command::new(program);
        command.args([SERVE, name]);
        Self::run(command)
    }

    /// Starts any program and waits for its first line.
    pub fn run(mut command: Command) -> (Self, String) {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started again");
        let (ask, answers) = (child.stdin.take(), child.stdout.take());
        let (ask, answers) = (ask.expect("it is piped"), BufReader::new(answers.expect("it is piped")));
        let mut server = Self { child, ask, answers };
        let address = server.line();
        (server, address)
    }

    /// What it counts, as it stands now.
    pub fn count(&mut self) -> u64 {
        self.say("").parse().expect("the server answers with a number")
    }

    /// What it answers to a line.
    pub fn say(&mut self, line: &str) -> String {
        writeln!(self.ask, "{line}").expect("the server lives");
        self.line()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the server writes text");
        assert!(line.ends_with('\n'), "the server ended early");
        line.trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // an error is that it has ended already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the server process: says what it counts whenever it is asked, and ends with whoever asks.
pub fn say(count: fn() -> u64) {
    thread::spawn(move || {
        stdin().lines().map_while(Result::ok).for_each(|_| println!("{}", count()));
        std::process::exit(0)
    });
}

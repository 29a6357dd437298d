//! [`Others`]: more processes of this program, which keep twins for the first one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Stdio;
use std::time::Duration;

use consort::Node;
use consort::cluster::ClusterSettings;
use consort::error::RunError;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// A process that was told to end and has not done so by then is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Processes that end with this one, whatever becomes of it: each reads a pipe from it, and is killed when it is
/// dropped.
pub struct Others {
    seed: SocketAddr,
    running: Vec<Child>,
}

impl Others {
    /// None yet, and where this process will listen for them.
    pub fn none() -> io::Result<Others> {
        // nobody else is given the port in the moment until the node has it
        let seed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        Ok(Others { seed, running: Vec::new() })
    }

    /// What this process joins as.
    pub fn first(&self) -> ClusterSettings {
        ClusterSettings { bind: Some(self.seed), ..ClusterSettings::default() }
    }

    /// Starts one more. It finds the first by its address, as one started by hand does.
    pub fn start(&mut self) -> io::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--serve").env("CONSORT_SEEDS", self.seed.to_string());
        // what is said of the first one's address and files holds for no other
        command.env_remove("CONSORT_BIND").env_remove("CONSORT_ADVERTISE").env_remove("CONSORT_DATA");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        self.running.push(command.spawn()?);
        Ok(())
    }

    /// Takes one out, to be killed.
    pub fn victim(&mut self) -> Option<Child> {
        self.running.pop()
    }

    /// Tells all of them to end, and waits for that.
    pub async fn stop(mut self) {
        self.running.iter_mut().for_each(|other| drop(other.stdin.take()));
        for mut other in self.running {
            // whoever is not in time is killed as it is dropped
            let _ = timeout(PATIENCE, other.wait()).await;
        }
    }
}

/// Keeps twins for others until it is told to end.
pub async fn serve(node: &Node) -> Result<(), RunError> {
    let ending = node.clone();
    tokio::spawn(async move {
        until_input_ends().await;
        // an error is that a signal was faster
        let _ = ending.shutdown().await;
    });
    node.run().await
}

/// A terminal's input ends with Ctrl-D, and a pipe's with the process that wrote to it.
async fn until_input_ends() {
    let (ended, end) = oneshot::channel::<()>();
    // a thread of its own: a runtime would wait at its end for somebody to press a key
    std::thread::spawn(move || {
        // what is typed is for nobody, and an error is an end too
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        drop(ended);
    });
    let _ = end.await;
}

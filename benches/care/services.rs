//! The services that are crashed, hung and asked.

use consort::prelude::*;

/// What panics say that are meant.
pub const SHARDS: &str = "shards";

/// Breaks where it is told to.
#[derive(Default)]
pub struct Glass {
    rung: u64,
}

#[service(name = "care.glass", key = "/glass/{id: u64}", progress = "200ms")]
impl Glass {
    /// Answers.
    pub async fn ring(&mut self, by: u64) -> u64 {
        self.rung += by;
        self.rung
    }

    /// Panics.
    pub async fn fall(&mut self) {
        panic!("{SHARDS}");
    }

    /// Never ends.
    pub async fn hang(&mut self) {
        std::future::pending::<()>().await;
    }

    /// Keeps its thread for so long.
    pub async fn block(&mut self, time: std::time::Duration) {
        std::thread::sleep(time);
    }
}

/// Burns its worker.
#[derive(Default)]
pub struct Burner;

#[service(name = "care.burner", key = "/burner/{id: u32}", inline = false)]
impl Burner {
    /// Computes for 100 ms, without a pause.
    pub async fn burn(&mut self) {
        let begun = std::time::Instant::now();
        while begun.elapsed().as_millis() < 100 {
            std::hint::spin_loop();
        }
    }
}

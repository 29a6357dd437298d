//! A counter with a limit.

use consort::prelude::*;

#[wire]
#[derive(PartialEq, Eq)]
pub struct Refused {
    pub limit: i64,
}

/// Adds up, to 100 at most.
#[derive(Default)]
pub struct Counter {
    total: i64,
}

#[service(name = "counter", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
impl Counter {
    /// Adds `by`; refuses to pass 100.
    pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
        if self.total + by > 100 {
            return Err(Refused { limit: 100 });
        }
        self.total += by;
        Ok(self.total)
    }

    pub async fn total(&self) -> i64 {
        self.total
    }

    pub async fn path(&self, cx: &Cx) -> String {
        cx.path()
    }
}

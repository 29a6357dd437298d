//! The forms of the hooks for what moves.

use consort::prelude::*;

#[derive(Default)]
pub struct Plain(u64);

#[service(key = "/plain/{name}")]
impl Plain {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, total: u64) {
        self.0 = total;
    }

    pub async fn total(&self) -> u64 {
        self.0
    }
}

#[derive(Default)]
pub struct Fallible(Vec<String>);

#[service(key = "/fallible/{name}")]
impl Fallible {
    #[snapshot]
    async fn hand_over(&mut self, cx: &Cx) -> Vec<String> {
        let _ = cx;
        std::mem::take(&mut self.0)
    }

    #[restore]
    async fn take_up(&mut self, cx: &Cx, lines: Vec<String>) -> Result<(), std::fmt::Error> {
        let _ = cx;
        self.0 = lines;
        Ok(())
    }

    pub async fn lines(&self) -> usize {
        self.0.len()
    }
}

#[derive(Default)]
pub struct Kept(u64);

#[service(key = "/kept/{name}", stateful)]
impl Kept {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, total: u64) {
        self.0 = total;
    }

    pub async fn count(&mut self, cx: &Cx) -> Result<u64, String> {
        self.0 += 1;
        cx.save(self).await.map_err(|error| error.to_string())?;
        Ok(self.0)
    }
}

pub fn main() {
    assert!(Kept::INFO.stateful && !Plain::INFO.stateful);
    assert!(Plain::INFO.has_snapshot && Plain::INFO.has_restore);
    assert!(Fallible::INFO.has_snapshot && Fallible::INFO.has_restore);
}

//! Config types, and the forms of the hook.

use consort::prelude::*;
use consort::{ConfigChanged, Configured};

#[wire]
#[derive(Default)]
pub struct Limits {
    pub items: u32,
}

#[derive(Default)]
pub struct Quiet;

#[service(config = Limits)]
impl Quiet {
    pub async fn limit(&self, cx: &Cx) -> u32 {
        cx.config::<Limits>().items
    }
}

#[derive(Default)]
pub struct Told<T>(T);

#[service(name = "told", config = self::Limits, local)]
impl<T: Default + Send + Sync + 'static> Told<T> {
    #[configured]
    async fn configured(&mut self, cx: &Cx, change: &ConfigChanged<Limits>) -> Result<(), std::fmt::Error> {
        let _ = (cx, change.new.items);
        Ok(())
    }

    pub async fn total(&self) {}
}

#[derive(Default)]
pub struct Conditional;

#[service(config = Limits)]
impl Conditional {
    #[cfg(all(unix, windows))]
    #[configured]
    async fn no_such(&mut self, _: &ConfigChanged<Limits>) {}

    #[cfg(not(all(unix, windows)))]
    #[configured]
    async fn configured(&mut self, _: &consort::config::ConfigChanged<self::Limits>) {}

    pub async fn total(&self) {}
}

#[service(config = Limits)]
pub async fn measure(cx: &Cx) -> u32 {
    cx.config::<Limits>().items
}

fn is_configured<S: Configured>() {}

pub fn main() {
    is_configured::<Quiet>();
    is_configured::<Told<u8>>();
    is_configured::<Conditional>();
    is_configured::<Measure>();
}

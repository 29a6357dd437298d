use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[redeliver]
    async fn private(&mut self) {}

    #[redeliver]
    pub fn sync(&mut self) {}

    #[redeliver]
    #[stop]
    async fn end(&mut self) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Counter::private;
}

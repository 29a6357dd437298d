use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[healthy]
    async fn connected(&mut self) -> Result<(), String> {
        Ok(())
    }

    #[healthy]
    async fn quick(&mut self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Counter::quick;
}

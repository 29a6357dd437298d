use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[start]
    #[started]
    async fn connect(&mut self) -> Result<(), String> {
        Ok(())
    }

    #[stop(now)]
    async fn disconnect(&mut self) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

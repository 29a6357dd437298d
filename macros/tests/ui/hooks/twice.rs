use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[start]
    async fn connect(&mut self) -> Result<(), String> {
        Ok(())
    }

    #[start]
    async fn connect_again(&mut self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

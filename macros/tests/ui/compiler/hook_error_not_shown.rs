use consort::prelude::*;

pub struct Mute;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn total(&self) {}

    #[start]
    async fn connect(&mut self) -> Result<(), Mute> {
        Ok(())
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

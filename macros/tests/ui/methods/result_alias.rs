use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(local)]
impl Counter {
    pub async fn read(&self) -> std::io::Result<u8> {
        Ok(0)
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

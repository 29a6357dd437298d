use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn name(&self) -> &str {
        ""
    }

    pub async fn first(&self) -> Result<Option<&u8>, String> {
        Ok(None)
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

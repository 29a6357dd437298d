use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service]
impl Counter {
    pub async fn pair(&self, (a, b): (u8, u8)) -> u8 {
        a + b
    }

    pub async fn nothing(&self, _: u8) {}
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

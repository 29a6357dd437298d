use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(depends(hard = "inventory ^one", hard = "billing^1.2", soft = "mailer@2"))]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

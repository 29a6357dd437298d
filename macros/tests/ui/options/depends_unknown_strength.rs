use consort::prelude::*;

#[derive(Default)]
pub struct Counter;

#[service(depends(hrad = "inventory ^1.2", "mailer"))]
impl Counter {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Counter>();
}

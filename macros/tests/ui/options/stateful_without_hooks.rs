use consort::prelude::*;

#[derive(Default)]
pub struct Counter(u64);

#[service(key = "/counter/{name}", stateful)]
impl Counter {
    pub async fn total(&self) -> u64 {
        self.0
    }
}

#[derive(Default)]
pub struct Forgetful(u64);

#[service(unique, stateful = true)]
impl Forgetful {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    pub async fn total(&self) -> u64 {
        self.0
    }
}

fn main() {
    let _: Option<CounterRef> = None;
    let _ = Node::builder().serve::<Forgetful>();
}

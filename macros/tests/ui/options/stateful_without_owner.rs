use consort::prelude::*;

#[derive(Default)]
pub struct Pooled(u64);

#[service(pool = 4, stateful)]
impl Pooled {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, total: u64) {
        self.0 = total;
    }

    pub async fn total(&self) -> u64 {
        self.0
    }
}

#[derive(Default)]
pub struct Local(u64);

#[service(local, key = "/local/{name}", stateful)]
impl Local {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, total: u64) {
        self.0 = total;
    }

    pub async fn total(&self) -> u64 {
        self.0
    }
}

#[derive(Default)]
pub struct Everywhere(u64);

#[service(stateful)]
impl Everywhere {
    #[snapshot]
    async fn snapshot(&self) -> u64 {
        self.0
    }

    #[restore]
    async fn restore(&mut self, total: u64) {
        self.0 = total;
    }

    pub async fn total(&self) -> u64 {
        self.0
    }
}

#[service(stateful)]
pub async fn add(left: u64, right: u64) -> u64 {
    left + right
}

fn main() {
    let _: Option<LocalRef> = None;
    let _ = Node::builder().serve::<Pooled>().serve::<Everywhere>().serve::<Add>();
}

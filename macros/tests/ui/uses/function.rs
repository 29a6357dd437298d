use consort::prelude::*;

#[service(key = "/greeting/{name}")]
pub async fn greet(name: String) -> String {
    name
}

#[service]
pub fn at_once(name: String) -> String {
    name
}

#[service]
pub async fn borrowed(name: &str) -> usize {
    name.len()
}

fn main() {
    let _: Option<(GreetRef, AtOnceRef, BorrowedRef)> = None;
}

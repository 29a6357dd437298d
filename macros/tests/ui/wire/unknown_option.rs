use consort::prelude::*;

#[wire(krate = "c")]
pub struct Text {
    text: String,
}

fn main() {}

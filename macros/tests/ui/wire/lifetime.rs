use consort::prelude::*;

#[wire]
pub struct Text<'a> {
    text: &'a str,
}

fn main() {}

use consort::prelude::*;

#[wire]
pub fn text() {}

fn main() {}

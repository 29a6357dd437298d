use consort::prelude::*;

#[wire]
pub union Bits {
    float: f32,
    whole: u32,
}

fn main() {}

use consort::prelude::*;

pub struct Plain;

fn call(node: &Node) {
    let _ = node.get::<Plain>("a");
}

fn main() {}

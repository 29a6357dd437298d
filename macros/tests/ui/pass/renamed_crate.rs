//! The crate under another path.

mod vendored {
    pub use consort as actors;
}

use vendored::actors::{self as c, prelude::*};

#[c::wire(crate = "crate::renamed_crate::vendored::actors")]
pub struct Refused {
    pub limit: u8,
}

#[derive(Default)]
pub struct Counter;

#[c::service(crate = "vendored::actors")]
impl Counter {
    pub async fn add(&mut self, by: u8) -> Result<u8, Refused> {
        Err(Refused { limit: by })
    }
}

#[c::service(crate = "c")]
async fn greet(cx: &c::Cx, name: String) -> String {
    format!("{} {name}", cx.path())
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Counter>().serve::<Greet>().start().await?;
    assert!(matches!(node.get::<Counter>(()).add(3).await, Err(CallError::App(Refused { limit: 3 }))));
    assert_eq!(node.get::<Greet>(()).call("x".into()).await?, "/ x");
    Ok(())
}

//! Functions as services.

use consort::prelude::*;

/// Greets.
#[service(version = "2.0")]
#[inline]
pub async fn say_hello(say_hello: String) -> String {
    format!("hello {say_hello}")
}

#[wire]
#[derive(PartialEq)]
pub struct DividedByZero;

#[service(name = "math.divide", pool = 2)]
async fn divide(cx: &Cx, mut a: u32, by: u32) -> Result<u32, DividedByZero> {
    assert_eq!(cx.path(), "/");
    if by == 0 {
        return Err(DividedByZero);
    }
    a /= by;
    Ok(a)
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<SayHello>().serve::<Divide>().start().await?;
    assert_eq!(node.get::<SayHello>(()).call("you".into()).await?, say_hello("you".into()).await);
    let divide: DivideRef = node.get::<Divide>(());
    assert_eq!(divide.call(6, 2).await.ok(), Some(3));
    assert_eq!(divide.call(6, 0).await, Err(CallError::App(DividedByZero)));
    let info = <SayHello as Service>::INFO;
    assert_eq!((info.name, info.version, info.doc), ("say_hello", "2.0.0", "Greets."));
    Ok(())
}

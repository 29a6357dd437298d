//! Argument names and types that could collide with generated code.

mod other {
    #[consort::wire]
    pub struct Reply {
        pub sum: u8,
    }
}

use consort::prelude::*;
use std::result::Result as Outcome;

#[wire]
pub struct Reply {
    pub own: other::Reply,
}

#[derive(Default)]
pub struct Odd {
    last: u8,
}

#[service]
impl Odd {
    pub const LIMIT: usize = 2;

    pub async fn names(&self, this: u8, args: u8, arguments: u8, argument_0: u8, number: u8, actor: u8, f: u8) -> u8 {
        this + args + arguments + argument_0 + number + actor + f
    }

    pub async fn context(&self, cx: &Cx, key: u8) -> String {
        format!("{}{key}", cx.path())
    }

    pub async fn not_a_context(&self, cx: u8) -> u8 {
        cx
    }

    pub async fn ignored_context(&self, _: &Cx) {}

    pub async fn raw(&mut self, r#type: u8) -> u8 {
        self.last = r#type;
        r#type
    }

    pub async fn r#match(&self, _unused: String) {}

    pub async fn mutable(&mut self, mut by: u8) -> u8 {
        by += 1;
        by
    }

    pub async fn same_names(&self, reply: other::Reply) -> Reply {
        Reply { own: reply }
    }

    pub async fn long_result(&self) -> std::result::Result<Reply, other::Reply> {
        Err(other::Reply { sum: self.last })
    }

    pub async fn renamed_result(&self, parts: [u8; Self::LIMIT]) -> Outcome<u8, Reply> {
        Ok(parts[0])
    }

    pub async fn optional(&self, a: Option<Vec<(u8, String)>>) -> Option<u8> {
        a.map(|list| list.len() as u8)
    }

    pub async fn many(&self, a: u8, b: u8, c: u8, d: u8, e: u8, g: u8, h: u8, i: u8, j: u8) -> u8 {
        a + b + c + d + e + g + h + i + j
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Odd>().start().await?;
    let odd = node.get::<Odd>(());
    assert_eq!(odd.names(1, 2, 3, 4, 5, 6, 7).await?, 28);
    assert_eq!(odd.context(7).await?, "/7");
    assert_eq!(odd.not_a_context(7).await?, 7);
    odd.ignored_context().await?;
    odd.r#match("x".into()).await?;
    assert_eq!(odd.raw(3).await?, 3);
    assert_eq!(odd.mutable(3).await?, 4);
    assert_eq!(odd.same_names(other::Reply { sum: 3 }).await?.own.sum, 3);
    assert!(matches!(odd.long_result().await, Err(CallError::App(other::Reply { sum: 3 }))));
    assert!(matches!(odd.renamed_result([1, 2]).await, Ok(Ok(1))));
    assert_eq!(odd.optional(None).await?, None);
    assert_eq!(odd.many(1, 1, 1, 1, 1, 1, 1, 1, 1).await?, 9);
    let by_name = node.call("odd", "/", "raw", serde_json::json!({ "type": 9 })).await.ok();
    assert_eq!(by_name, Some(9.into()));
    assert!(node.call("odd", "/", "match", serde_json::json!({ "_unused": "x" })).await.is_ok());
    Ok(())
}

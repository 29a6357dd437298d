//! Private services, services in modules, and methods that are no handlers.
#![deny(warnings)]

use consort::prelude::*;

#[derive(Default)]
struct Private {
    total: u8,
}

#[wire]
struct Secret {
    value: u8,
}

#[service]
impl Private {
    pub async fn add(&mut self, secret: Secret) -> Result<Secret, Secret> {
        self.total = self.half(secret.value).await;
        self.noted().await;
        Ok(Secret { value: self.total + Self::zero() + Self::connected().await })
    }

    async fn half(&self, of: u8) -> u8 {
        of / 2
    }

    pub(crate) async fn noted(&self) {}

    pub fn total(&self) -> &u8 {
        &self.total
    }

    fn zero() -> u8 {
        0
    }

    pub async fn connected() -> u8 {
        0
    }
}

mod inner {
    use consort::prelude::*;

    #[derive(Default)]
    pub(super) struct Hidden;

    #[service(name = "inner.hidden")]
    impl Hidden {
        pub async fn same(&self, other: HiddenRef) -> bool {
            other.path() == "/"
        }
    }

    pub mod deep {
        #[derive(Default)]
        pub struct Outside;
    }
}

#[service]
impl inner::deep::Outside {
    pub async fn hello(&self) {}
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node =
        Node::builder().serve::<Private>().serve::<inner::Hidden>().serve::<inner::deep::Outside>().start().await?;
    let private: PrivateRef = node.get::<Private>(());
    assert_eq!(private.add(Secret { value: 8 }).await.map(|secret| secret.value).ok(), Some(4));
    assert_eq!(Private { total: 3 }.total(), &3);
    let hidden = node.get::<inner::Hidden>(());
    assert!(hidden.same(hidden.clone()).await?);
    let outside: OutsideRef = node.get::<inner::deep::Outside>(());
    outside.hello().await?;
    Ok(())
}

//! What a program attaches to its node for every handler: references to the services that most of them use, clients of what
//! is outside.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::engine::Cx;
use crate::node::{Node, NodeBuilder};

/// Makes a value once there is a node.
type Make = Box<dyn FnOnce(&Node) -> Arc<dyn Any + Send + Sync> + Send>;

/// What is going to be attached, by type.
#[derive(Default)]
pub(crate) struct Attachments(HashMap<TypeId, Make>);

/// What is attached, by type: until the node ends, for the values may hold references to its actors, which hold it.
#[derive(Default)]
pub(crate) struct Attached(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Attachments {
    /// Makes all values, before anything of the node has started.
    pub(crate) fn attach_to(self, node: &Node) {
        let made: Vec<_> = self.0.into_iter().map(|(of, make)| (of, make(node))).collect();
        node.registry().attached.0.write().extend(made);
    }
}

impl Attached {
    fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.0.read().get(&TypeId::of::<T>()).cloned();
        value.and_then(|value| value.downcast().ok())
    }

    /// Lets go of everything, when the node has ended.
    pub(crate) fn clear(&self) {
        let gone = std::mem::take(&mut *self.0.write());
        // outside of the lock: what a value does when it is dropped is its own affair
        drop(gone);
    }
}

impl NodeBuilder {
    /// Attaches a value to the node, for every handler and hook: [`Cx::attached`]. `make` runs when the node starts, before
    /// its services do. One value of a type: what is attached later takes the place of what was before, so a test can
    /// give a whole program another one.
    ///
    /// ```
    /// # use consort_runtime::{Cx, Node, service};
    /// #[derive(Default)]
    /// struct Mailer {
    ///     sent: u32,
    /// }
    /// #[service(crate = "consort_runtime")]
    /// impl Mailer {
    ///     pub async fn send(&mut self, to: String) -> u32 {
    ///         self.sent += 1;
    ///         self.sent
    ///     }
    /// }
    ///
    /// /// What every handler of this program has at hand.
    /// struct Defaults {
    ///     mailer: MailerRef,
    ///     shop: &'static str,
    /// }
    ///
    /// #[derive(Default)]
    /// struct Cart;
    /// #[service(crate = "consort_runtime", key = "/cart/{id}")]
    /// impl Cart {
    ///     pub async fn check_out(&mut self, cx: &Cx, id: String) -> u32 {
    ///         let defaults = cx.attached::<Defaults>();
    ///         defaults.mailer.send(format!("{id}@{}", defaults.shop)).await.unwrap_or_default()
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let node = Node::builder()
    ///     .serve::<Mailer>()
    ///     .serve::<Cart>()
    ///     .attach(|node| Defaults { mailer: node.get::<Mailer>(()), shop: "shop.example" })
    ///     .start()
    ///     .await?;
    /// assert_eq!(node.get::<Cart>("ann").check_out("ann".into()).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn attach<T: Send + Sync + 'static>(mut self, make: impl FnOnce(&Node) -> T + Send + 'static) -> Self {
        self.attachments.0.insert(TypeId::of::<T>(), Box::new(|node| Arc::new(make(node))));
        self
    }
}

impl Node {
    /// What was [attached](NodeBuilder::attach) of this type; `None` also after the node's end.
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.registry().attached.get()
    }
}

impl Cx {
    /// What the program [attached](NodeBuilder::attach) to the node, of this type. A lookup, some 30 ns.
    ///
    /// # Panics
    /// If nothing of this type was attached, which is a mistake in the program; or if the node was dropped without
    /// [`shutdown`](Node::shutdown) while this handler ran. [`Node::attached`] of [`Cx::node`] is `None` then.
    #[track_caller]
    pub fn attached<T: Send + Sync + 'static>(&self) -> Arc<T> {
        match self.node().attached() {
            Some(value) => value,
            None => panic!("no `{}` is attached to the node: `NodeBuilder::attach` does that", type_name::<T>()),
        }
    }
}

//! Attributes on handlers, hooks and types: conditions, words, and those of others.
#![deny(missing_docs, deprecated, unused)]

use consort::prelude::*;

/// Counts.
#[derive(Default)]
pub struct Counter {
    started: bool,
}

/// The counter's contract.
#[service(name = "counter")]
impl Counter {
    /// Adds one.
    #[inline]
    #[allow(clippy::needless_return)]
    pub async fn add(&mut self, by: i64) -> i64 {
        by + 1
    }

    /// Only where it can be.
    #[cfg(any())]
    pub async fn never(&self, absent: Absent) -> Absent {
        absent
    }

    /// The copy that is there.
    #[cfg(not(any()))]
    pub async fn twice(&self) -> u8 {
        1
    }

    /// The copy that is not.
    #[cfg(any())]
    pub async fn twice(&self) -> Absent {
        2
    }

    /// Gone the long way.
    #[cfg_attr(not(any()), cfg(any()), deprecated)]
    pub async fn also_never(&self) -> Absent {}

    #[deprecated(note = "use `add`")]
    #[allow(missing_docs)]
    pub async fn old(&self) -> bool {
        self.started
    }

    #[cfg(any())]
    #[start]
    async fn absent(&mut self) -> Result<(), String> {
        Err("never".into())
    }

    #[start]
    #[cfg(not(any()))]
    #[cold]
    async fn present(&mut self) -> Result<(), String> {
        self.started = true;
        Ok(())
    }

    #[cfg(any())]
    #[stop]
    async fn no_stop(&mut self) {}
}

/// Fields and variants under conditions.
#[wire]
pub enum Shape {
    /// One.
    Dot,
    /// Not there.
    #[cfg(any())]
    Line(Absent),
    /// Two.
    Circle {
        /// Its radius.
        radius: u32,
        /// Not there.
        #[cfg(any())]
        absent: Absent,
    },
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let node = Node::builder().serve::<Counter>().start().await?;
    let counter = node.get::<Counter>(());
    assert_eq!(counter.add(3).await?, 4);
    assert_eq!(counter.twice().await?, 1);
    #[allow(deprecated)]
    {
        assert!(counter.old().await?);
    }
    let services = node.services();
    let service = services.iter().find(|service| service.name == "counter").ok_or("it is served")?;
    assert_eq!(service.doc, "The counter's contract.");
    let docs: Vec<_> = service.methods.iter().map(|method| (&*method.name, &*method.doc)).collect();
    assert_eq!(docs, [("add", "Adds one."), ("twice", "The copy that is there."), ("old", "")]);
    assert!(<Counter as Service>::INFO.has_start);
    assert!(!<Counter as Service>::INFO.has_stop);
    let _ = (Shape::Dot, Shape::Circle { radius: 1 });
    Ok(())
}

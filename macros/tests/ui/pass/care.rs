//! How a service is looked after, what it needs, and copies of its messages.

use consort::prelude::*;
use consort::supervision::{Intensity, RestartPolicy};
use consort::{CareInfo, Method, ServiceInfo};
use std::time::Duration;

#[derive(Default)]
pub struct Plain;

#[service]
impl Plain {
    pub async fn hit(&self) {}
}

#[derive(Default)]
pub struct Cart {
    well: bool,
}

/// A type that nobody can copy.
pub struct Handle;

#[service(
    enabled = false,
    restart = "transient",
    restarts = "3 in 1m",
    progress = "500ms",
    limit = 64,
    depends(hard = "inventory ^1.2", soft = "mailer", hard = "billing.invoice >=1, <3",),
    lost = "degrade",
    local
)]
impl Cart {
    #[redeliver]
    pub async fn put(&mut self, article: String, count: u32) {
        let _ = (article, count);
    }

    #[redeliver]
    pub async fn empty(&mut self) -> Result<u8, String> {
        Err("no".into())
    }

    pub async fn open(&self, handle: Handle) -> Handle {
        handle
    }

    #[healthy]
    async fn is_well(&mut self, cx: &Cx) -> Result<(), String> {
        if self.well { Ok(()) } else { Err(format!("{} is not", cx.path())) }
    }
}

#[derive(Default)]
pub struct Patient;

#[service(restart = "temporary", progress = "never", depends(hard = "cart"), lost = "stop", enabled = true)]
impl Patient {
    pub async fn hit(&self) {}

    #[cfg(any())]
    #[healthy]
    async fn absent(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// The bounds say whether a copy can be made.
pub struct Store<A, B>(A, B);

#[service(local)]
impl<A: Clone + Send + Sync + 'static, B: Send + Sync + From<u8> + 'static> Store<A, B> {
    #[redeliver]
    pub async fn first(&self, other: A) -> A {
        let _ = (&self.1, other);
        self.0.clone()
    }

    pub async fn second(&self) -> B {
        B::from(2)
    }
}

#[service(limit = 1, depends(soft = "cart"))]
#[redeliver]
pub async fn remind(name: String) -> Result<String, u8> {
    Ok(name)
}

/// A method's own copy, called as the runtime does.
fn again<S: Method<N>, const N: usize>(returned: Result<S::Reply, S::Error>) -> Option<Result<S::Reply, S::Error>> {
    S::again(&returned)
}

fn needs(info: &ServiceInfo) -> Vec<(&'static str, bool)> {
    info.depends.iter().map(|entry| (entry.on, entry.hard)).collect()
}

fn options() {
    let plain = <Plain as Service>::INFO;
    assert_eq!(format!("{:?}", plain.care), format!("{:?}", CareInfo::DEFAULT));
    assert!(plain.depends.is_empty() && !plain.degrades && !plain.has_probe);

    let cart = <Cart as Service>::INFO;
    assert_eq!((cart.care.enabled, cart.care.restart), (false, RestartPolicy::Transient));
    assert_eq!(cart.care.intensity, Some(Intensity { restarts: 3, within: Duration::from_secs(60) }));
    assert_eq!((cart.care.progress_ms, cart.care.limit), (Some(500), Some(64)));
    assert_eq!(needs(&cart), [("inventory ^1.2", true), ("mailer", false), ("billing.invoice >=1, <3", true)]);
    assert!(cart.degrades && cart.has_probe);

    let patient = <Patient as Service>::INFO;
    assert_eq!((patient.care.restart, patient.care.progress_ms), (RestartPolicy::Temporary, Some(0)));
    assert!(patient.care.enabled && !patient.degrades && !patient.has_probe);

    let remind = <Remind as Service>::INFO;
    assert_eq!((remind.care.limit, needs(&remind)), (Some(1), vec![("cart", false)]));
}

fn copies() {
    let marked = [<Cart as Method<0>>::REDELIVER, <Cart as Method<1>>::REDELIVER, <Remind as Method<0>>::REDELIVER];
    assert_eq!(marked, [true; 3]);
    assert!(!<Cart as Method<2>>::REDELIVER);
    assert_eq!(<Cart as Method<0>>::keep(&("tea".into(), 2)), Some(("tea".into(), 2)));
    assert_eq!(<Cart as Method<1>>::keep(&()), Some(()));
    assert!(<Cart as Method<2>>::keep(&(Handle,)).is_none());
    assert_eq!(<Store<u8, u16> as Method<0>>::keep(&(7,)), Some((7,)));

    assert_eq!(again::<Cart, 0>(Ok(())), Some(Ok(())));
    assert_eq!(again::<Cart, 1>(Err("no".into())), Some(Err("no".into())));
    assert!(again::<Cart, 2>(Ok(Handle)).is_none());
    assert_eq!(again::<Store<u8, u8>, 0>(Ok(7)), Some(Ok(7)));
    assert!(again::<Store<u8, u8>, 1>(Ok(7)).is_none());
    assert_eq!(again::<Remind, 0>(Err(3)), Some(Err(3)));
}

pub(crate) fn main() {
    options();
    copies();
}

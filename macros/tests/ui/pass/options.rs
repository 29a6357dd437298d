//! Every option, and the facts that come of it.

use consort::prelude::*;

#[derive(Default)]
pub struct HTTPCache;

#[service]
impl HTTPCache {
    pub async fn hit(&self) {}
}

#[derive(Default)]
pub struct Full;

#[service(
    name = "billing.full_2",
    version = "1.2",
    key = "/a/{a}/{b: u8}/{c: i64}/{d: String}/{e: u32}/{f}",
    local,
    inline = false,
    mailbox = 7,
    mailbox_bytes = 8,
    idle = "10m"
)]
impl Full {
    pub async fn hit(&self) {}
}

#[derive(Default)]
pub struct Copies;

#[service(version = "1.0.0-rc.1", pool = 8, blocking)]
impl Copies {
    pub async fn hit(&self) {}
}

#[derive(Default)]
pub struct Single;

#[service(unique)]
impl Single {
    pub async fn hit(&self) {}
}

pub(crate) fn main() {
    let cache = <HTTPCache as Service>::INFO;
    assert_eq!((cache.name, cache.version, cache.key.text(), cache.pool), ("http_cache", "0.1.0", "", 1));
    assert!(cache.inline && !cache.local && !cache.unique && !cache.blocking);
    let full = <Full as Service>::INFO;
    assert_eq!((full.name, full.version), ("billing.full_2", "1.2.0"));
    assert_eq!((full.mailbox, full.mailbox_bytes, full.idle_ms), (Some(7), Some(8), Some(600_000)));
    assert!(full.local && !full.inline);
    let _: <Full as Service>::Key = (String::new(), 1_u8, 2_i64, String::new(), 3_u32, String::new());
    let copies = <Copies as Service>::INFO;
    assert_eq!((copies.version, copies.pool, copies.blocking), ("1.0.0-rc.1", 8, true));
    assert!(<Single as Service>::INFO.unique);
}

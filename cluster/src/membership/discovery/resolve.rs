use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use consort_protocol::cluster::members::Address;
use consort_protocol::cluster::members::joining::Seed;
use tokio::task::JoinSet;

/// A name that is being resolved.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;

/// Finds the addresses of a name. Tests have one of their own.
pub trait Resolve: Send + Sync + 'static {
    /// All addresses of the name, with this port.
    fn resolve<'a>(&'a self, name: &'a str, port: u16) -> Resolving<'a>;
}

/// The resolver of the operating system, with its files and its search domains.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str, port: u16) -> Resolving<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
    }
}

/// Resolves all entries at the same time; each has its own outcome, in the order in which they were given.
pub(super) async fn resolve_all(entries: &[Address], resolver: &Arc<dyn Resolve>) -> Vec<Seed> {
    let mut under_way = JoinSet::new();
    let mut seeds: Vec<Option<Seed>> = vec![None; entries.len()];
    for (index, entry) in entries.iter().enumerate() {
        let (entry, resolver) = (entry.clone(), resolver.clone());
        under_way.spawn(async move { (index, resolve(entry, resolver.as_ref()).await) });
    }
    while let Some(Ok((index, seed))) = under_way.join_next().await {
        seeds[index] = Some(seed);
    }
    let failed = |entry: &Address| Seed { entry: entry.to_string(), addresses: Err("its resolver failed".into()) };
    seeds.into_iter().zip(entries).map(|(seed, entry)| seed.unwrap_or_else(|| failed(entry))).collect()
}

async fn resolve(entry: Address, resolver: &dyn Resolve) -> Seed {
    if entry.host().parse::<IpAddr>().is_ok() {
        return Seed { entry: entry.to_string(), addresses: Ok(vec![entry]) };
    }
    let addresses = match resolver.resolve(entry.host(), entry.port()).await {
        // An address with a scope has meaning on one machine only, and is no address to us.
        Ok(found) => Ok(found.into_iter().filter_map(|address| address.to_string().parse().ok()).collect::<Vec<_>>()),
        Err(why) => Err(why.to_string()),
    };
    let addresses = addresses.and_then(|found| match found.is_empty() {
        true => Err("the name has no address".to_owned()),
        false => Ok(found),
    });
    Seed { entry: entry.to_string(), addresses }
}

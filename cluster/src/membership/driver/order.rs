use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Address, Meta, MetaTooLarge};
use tokio::sync::oneshot;

/// How many packets wait to be read. Membership reads hundreds a millisecond; so many are behind only if its thread does
/// not run at all. At their full size they take 30 MB.
pub(super) const PACKETS_WAITING_MAX: usize = 512;

/// How many orders wait to be carried out: beyond, whoever gives one waits.
pub(super) const ORDERS_WAITING_MAX: usize = 256;

/// A packet, and by whose link it came.
pub(super) type Arrival = (Life, Bytes);

/// What a handle wants of the driver.
pub(super) enum Order {
    LinkUp(Life),
    LinkLost(Life),
    Unreachable(Address, String),
    Quarantine(Life, Duration),
    SetMeta(Meta, oneshot::Sender<Result<(), MetaTooLarge>>),
    Leaving(oneshot::Sender<()>),
    Leave(oneshot::Sender<()>),
}

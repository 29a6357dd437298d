//! [`Kind`]: one service of one node, with its actors.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use super::Factory;
use super::counters::Counters;
use super::gate::Gate;
use super::home::{Home, meters_of};
use crate::client::Callers;
use crate::engine::Limits;
use crate::health::KindHealth;
use crate::letters::Suspects;
use crate::node::cells::{Heirs, Spawned, Table};
use crate::node::{Common, Pool, Registry, Rules};
use crate::service::Service;
use crate::services::Board;
use crate::supervision::Supervision;

/// One service of one node.
///
/// Its cells hold it; it holds those of its table and its pool until the node ends ([`clear`](Kind::clear)). It knows
/// the registry weakly, since that holds it.
pub(crate) struct Kind<S: Service> {
    pub(crate) limits: Limits,
    pub(crate) factory: Factory<S>,
    pub(in crate::node) table: Table<S>,
    pub(super) home: Home,
    idle: Duration,
    pub(super) closing: AtomicBool,
    pub(super) served: bool,
    /// Tells may be queued without a look, unless something happened.
    pub(super) plain: bool,
    /// Its actors may live on other nodes.
    pub(super) roams: bool,
    pub(super) pool: Mutex<Option<Arc<Pool<S>>>>,
    pub(super) spawned: Spawned<S>,
    pub(crate) heirs: Heirs<S>,
    /// Where the states of its actors are kept, if they are.
    #[cfg(feature = "state")]
    pub(crate) store: Option<Arc<dyn consort_state::StateStore>>,
    pub(super) counters: Counters,
    pub(crate) gate: Gate,
    pub(crate) rules: Rules,
    pub(crate) supervision: Supervision,
    pub(crate) callers: Callers,
    pub(crate) health: KindHealth,
    pub(crate) suspects: Suspects,
    pub(crate) board: Board,
    pub(crate) common: Arc<Common>,
    pub(super) node: Weak<Registry>,
}

impl<S: Service> Kind<S> {
    /// It has no key: its instance, or the members of its pool, start with it and not with their first call.
    pub(crate) const IS_EAGER: bool = S::INFO.key.text().is_empty();
    /// It has one instance: what ends that ends the service, and its supervisor decides.
    pub(crate) const IS_ONE: bool = Self::IS_EAGER && S::INFO.pool <= 1;

    /// Something has changed of what its calls have to pass.
    pub(in crate::node) fn guard(&self) {
        let is_guarded = self.callers.entrance().is_some() || (self.roams && self.common.hands_all_over());
        self.home.guarded.store(is_guarded, Ordering::Relaxed);
    }

    /// A kind of this node. `served` is false for references to what it does not serve.
    pub(crate) fn new(registry: &Arc<Registry>, factory: Factory<S>, rules: Rules, served: bool) -> Arc<Self> {
        let common = registry.common.clone();
        let info = const { &S::INFO };
        let callers = Callers::new(info.name, &rules, &common);
        let is_stand_in = matches!(factory, Factory::StandIn(_));
        let roams = common.joins() && !info.local && !is_stand_in;
        if served {
            common.notes.voices.set(info.name, rules.log);
        }
        Arc::new(Kind {
            limits: Limits {
                messages: info.mailbox.unwrap_or(common.options.mailbox).max(1),
                bytes: info.mailbox_bytes.map_or(common.options.mailbox_bytes, u64::from).max(Limits::BYTES_MIN),
            },
            plain: served && callers.entrance().is_none() && !is_stand_in && !roams,
            roams,
            factory,
            table: Table::default(),
            home: Home {
                runtime: common.runtime.id(),
                meters: meters_of::<S>(&common),
                guarded: AtomicBool::new(callers.entrance().is_some() || (roams && common.hands_all_over())),
            },
            idle: info.idle_ms.map_or(common.options.idle, Duration::from_millis),
            closing: AtomicBool::new(common.is_closing()),
            served,
            pool: Mutex::default(),
            spawned: Spawned::default(),
            heirs: Heirs::default(),
            #[cfg(feature = "state")]
            store: registry.states().filter(|_| info.stateful && served).cloned(),
            counters: Counters::default(),
            gate: Gate::default(),
            supervision: Supervision::new(rules.restart),
            callers,
            health: KindHealth::new(info.name, rules.progress, rules.health, common.clone()),
            suspects: Suspects::new(rules.poison),
            rules,
            board: Board::new(info, common.instant_now()),
            common,
            node: Arc::downgrade(registry),
        })
    }

    pub(in crate::node) fn idle(&self) -> Duration {
        self.idle
    }

    pub(crate) fn is_served(&self) -> bool {
        self.served
    }

    /// No new calls from outside: the node drains.
    pub(in crate::node) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.cells().iter().for_each(|cell| cell.gate());
    }
}

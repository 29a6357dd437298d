//! [`Group`]: a supervisor of services, as a program writes it.

use std::any::TypeId;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use crate::dynamic::{self, ServiceDescription};
use crate::error::{HookError, StartError};
use crate::node::{AnyKind, Factory, Kind, Registry, RulesByType};
use crate::remote::World;
use crate::service::{Service, ServiceInfo, StandIn};
use crate::supervision::{Backoff, Intensity, OnExhausted, RestartPolicy, Strategy, SupervisorConfig};

/// Makes the kind of one service.
pub(crate) type MakeKind =
    Box<dyn FnOnce(&Arc<Registry>, &mut RulesByType) -> Result<Arc<dyn AnyKind>, StartError> + Send>;

/// Services, and groups of services, under one supervisor, in start order. Made by
/// [`NodeBuilder::supervisor`](crate::NodeBuilder::supervisor).
///
/// ```
/// # use consort_runtime::{Node, service};
/// # #[derive(Default)] struct Stock;
/// # #[service(crate = "consort_runtime")] impl Stock { pub async fn count(&self) {} }
/// # #[derive(Default)] struct Cart;
/// # #[service(crate = "consort_runtime")] impl Cart { pub async fn fill(&self) {} }
/// use std::time::Duration;
///
/// // when `stock` crashes, `cart` is started anew with it
/// let node = Node::builder().supervisor("shop", |shop| {
///     shop.rest_for_one().intensity(3, Duration::from_secs(60)).serve::<Stock>().serve::<Cart>()
/// });
/// ```
#[must_use = "return it"]
pub struct Group {
    pub(crate) name: Arc<str>,
    pub(crate) config: SupervisorConfig,
    pub(crate) policy: RestartPolicy,
    pub(crate) children: Vec<Child>,
}

/// What stands in a group.
pub(crate) enum Child {
    Service(Served),
    Group(Group),
}

/// A service that is going to be served.
pub(crate) struct Served {
    pub(crate) info: &'static ServiceInfo,
    /// Its type.
    pub(crate) of: TypeId,
    /// What makes its kind, once.
    make: Option<MakeKind>,
    describe: fn() -> ServiceDescription,
    /// What makes a node join others that serves it.
    world: fn() -> Option<&'static dyn World>,
    /// Notes the type of its configuration.
    #[cfg(feature = "config")]
    pub(crate) config: fn(&mut crate::settings::Sources),
}

impl Group {
    /// Restarts one-for-one, at most [5 times in 10 s](Intensity), then escalates.
    pub(crate) fn new(name: &str) -> Self {
        let (config, policy) = (SupervisorConfig::default(), RestartPolicy::Permanent);
        Group { name: name.into(), config, policy, children: Vec::new() }
    }

    /// The root of every node: one-for-one, and what is exhausted fails alone. A service that cannot be helped must not
    /// take down a node whose others are well, unless somebody says so.
    pub(crate) fn root() -> Self {
        Group::new("node").fail_alone()
    }

    /// A child that ends is restarted alone. The default.
    pub fn one_for_one(mut self) -> Self {
        self.config.strategy = Strategy::OneForOne;
        self
    }

    /// With a child that ends, all are restarted.
    pub fn one_for_all(mut self) -> Self {
        self.config.strategy = Strategy::OneForAll;
        self
    }

    /// With a child that ends, those after it are restarted.
    pub fn rest_for_one(mut self) -> Self {
        self.config.strategy = Strategy::RestForOne;
        self
    }

    /// At most so many restarts in any such time. Default 5 in 10 seconds. More hides trouble longer, fewer gives up
    /// what would have come back.
    pub fn intensity(mut self, restarts: u32, within: Duration) -> Self {
        self.config.intensity = Intensity { restarts, within };
        self
    }

    /// How long to wait before each restart of a row. Default: not at all, then 100 ms, doubled up to 30 s.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.config.backoff = backoff;
        self
    }

    /// When a restart would be one too many, all children are stopped and the supervisor above decides; above the
    /// root, the node ends and [`Node::run`](crate::Node::run) says why. The default of every group but the root.
    pub fn escalate(mut self) -> Self {
        self.config.on_exhausted = OnExhausted::Escalate;
        self
    }

    /// When a restart would be one too many, the child fails, with those whom the strategy restarts with it, until it
    /// is started or reset. The default of the root.
    pub fn fail_alone(mut self) -> Self {
        self.config.on_exhausted = OnExhausted::Fail;
        self
    }

    /// After which of its ends the supervisor above restarts this group. Default permanent. Of the root it says
    /// nothing.
    pub fn restart(mut self, policy: RestartPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Serves `S` in this group, as [`NodeBuilder::serve`](crate::NodeBuilder::serve) does.
    pub fn serve<S: Service + Default>(self) -> Self {
        self.add(|_| Factory::<S>::Plain(S::default))
    }

    /// Serves `S` in this group, as [`NodeBuilder::serve_with`](crate::NodeBuilder::serve_with) does.
    pub fn serve_with<S, F, T, E>(self, factory: F) -> Self
    where
        S: Service,
        F: Fn(S::Key) -> T + Send + Sync + 'static,
        T: Future<Output = Result<S, E>> + Send + 'static,
        E: Display,
    {
        self.add(|_| {
            Factory::<S>::Keyed(Box::new(move |key| {
                let built = factory(key);
                Box::pin(async move { built.await.map_err(HookError::new) })
            }))
        })
    }

    /// Serves `S` by a script, as [`NodeBuilder::stand_in`](crate::NodeBuilder::stand_in) does.
    pub fn stand_in<S: Service>(self, stand_in: StandIn<S>) -> Self {
        self.add(|_| Factory::StandIn(stand_in))
    }

    /// A group in this group. Names are unique in the whole node, among services and groups.
    pub fn supervisor(mut self, name: &str, fill: impl FnOnce(Group) -> Group) -> Self {
        self.children.push(Child::Group(fill(Group::new(name))));
        self
    }

    /// What makes the kinds of all services in it and below it.
    pub(crate) fn take_makes(&mut self) -> Vec<MakeKind> {
        self.services_mut().into_iter().filter_map(|served| served.make.take()).collect()
    }

    /// Has the services of `with` made as they are there: those of the same types in this group and below it, in their
    /// places; and those that are not here, in this group.
    pub(crate) fn replace(&mut self, mut with: Group) {
        for served in std::mem::take(&mut with.children).into_iter().flat_map(Child::into_services) {
            let here = self.services_mut().into_iter().find(|here| here.of == served.of);
            match here {
                Some(here) => here.make = served.make,
                None => self.children.push(Child::Service(served)),
            }
        }
    }

    /// What all services in it and below it are, without making any.
    pub(crate) fn describe(&self) -> Vec<ServiceDescription> {
        let described = self.children.iter().flat_map(|child| match child {
            Child::Service(served) => vec![(served.describe)()],
            Child::Group(below) => below.describe(),
        });
        described.collect()
    }

    /// All services in it and below it.
    fn services_mut(&mut self) -> Vec<&mut Served> {
        let services = self.children.iter_mut().flat_map(|child| match child {
            Child::Service(served) => vec![served],
            Child::Group(below) => below.services_mut(),
        });
        services.collect()
    }

    /// What makes a node join others that serves this: of the first service that has it and can be called from there.
    pub(crate) fn world(&self) -> Option<&'static dyn World> {
        self.children.iter().find_map(|child| match child {
            Child::Service(served) if served.info.local => None,
            Child::Service(served) => (served.world)(),
            Child::Group(below) => below.world(),
        })
    }

    /// What notes the types of the configuration of all services in it and below it.
    #[cfg(feature = "config")]
    pub(crate) fn configs(&self) -> Vec<fn(&mut crate::settings::Sources)> {
        let configs = self.children.iter().flat_map(|child| match child {
            Child::Service(served) => vec![served.config],
            Child::Group(below) => below.configs(),
        });
        configs.collect()
    }

    /// Serves `S`, with the factory that `make` makes once there is a node.
    pub(crate) fn add<S: Service>(mut self, make: impl FnOnce(&Registry) -> Factory<S> + Send + 'static) -> Self {
        let make: MakeKind = Box::new(|registry, rules| {
            S::INFO
                .key
                .check::<S::Key>()
                .map_err(|reason| StartError::BadTemplate { service: S::INFO.name, reason })?;
            let kind = Kind::new(registry, make(registry), rules.take::<S>(), true);
            if S::INFO.stateful && kind.stand_in().is_none() && !registry.keeps_states() {
                return Err(StartError::NoStateStore { service: S::INFO.name });
            }
            #[cfg(feature = "config")]
            crate::settings::connect(&kind);
            Ok(Arc::new(kind))
        });
        self.children.push(Child::Service(Served {
            info: const { &S::INFO },
            of: TypeId::of::<S>(),
            make: Some(make),
            describe: dynamic::describe::<S>,
            world: S::world,
            #[cfg(feature = "config")]
            config: crate::settings::Sources::add::<S>,
        }));
        self
    }
}

impl Child {
    /// The service, or all services below the group.
    fn into_services(self) -> Vec<Served> {
        match self {
            Child::Service(served) => vec![served],
            Child::Group(group) => group.children.into_iter().flat_map(Child::into_services).collect(),
        }
    }
}

//! What a [`NodeBuilder`] says of services as wholes: who supervises whom, what is kept alive.

use std::time::Duration;

use crate::dynamic::ServiceDescription;
use crate::error::StartError;
use crate::manifest::Manifest;
use crate::node::NodeBuilder;
use crate::services::{self, Group, Missing};

impl NodeBuilder {
    /// A supervisor of its own for some services. See [`Group`]. Names of groups and services are unique in the node.
    pub fn supervisor(mut self, name: &str, fill: impl FnOnce(Group) -> Group) -> Self {
        self.root = self.root.supervisor(name, fill);
        self
    }

    /// Changes the root of the supervision tree, below which stand all services and groups that are not in another
    /// group. Unless it is told otherwise it restarts one-for-one, and what crashes too often fails alone.
    ///
    /// ```
    /// # use consort_runtime::Node;
    /// // the node ends when a service cannot be helped
    /// let node = Node::builder().supervision(|root| root.escalate());
    /// ```
    pub fn supervision(mut self, change: impl FnOnce(Group) -> Group) -> Self {
        self.root = change(self.root);
        self
    }

    /// Keeps these services alive: whenever one is down or failed it is started again. None by default;
    /// `CONSORT_KEEP_ALIVE`, with commas. The list can be changed at run time: [`Node::keep_alive`](crate::Node).
    pub fn keep_alive<N: Into<String>>(mut self, services: impl IntoIterator<Item = N>) -> Self {
        self.options.kept = services.into_iter().map(Into::into).collect();
        self
    }

    /// How often the keep-alive loop looks. Default 10 seconds; `CONSORT_KEEP_ALIVE_SECONDS`. Shorter brings services
    /// back sooner, longer is kinder to what they fail for.
    pub fn keep_alive_every(mut self, interval: Duration) -> Self {
        self.options.keep_alive = interval;
        self
    }

    /// How long [`start`](NodeBuilder::start) waits for services that are starting. Default 30 seconds. What is not up by
    /// then goes on starting. Shorter returns sooner, longer finds more of the services up.
    pub fn start_deadline(mut self, deadline: Duration) -> Self {
        self.options.start = deadline;
        self
    }

    /// Has services made in another way than they were served before, in their places in the supervision tree and under
    /// their rules: to test a whole program with some of its services in another form. Of a service that was not served
    /// before, it is the first. To serve one twice by any other way is an error.
    ///
    /// ```
    /// # use consort_runtime::{CallError, Never, Node, NodeBuilder, StandIn, service};
    /// # struct Bank;
    /// # #[service(crate = "consort_runtime", name = "bank")] impl Bank { pub async fn balance(&self) -> i64 { 0 } }
    /// # fn connect(_: ()) -> std::future::Ready<Result<Bank, Never>> { std::future::ready(Ok(Bank)) }
    /// /// The whole program.
    /// fn shop() -> NodeBuilder {
    ///     Node::builder().serve_with(connect)
    /// }
    ///
    /// let rich = StandIn::<Bank>::new().on("balance", |()| Ok::<i64, CallError<Never>>(1_000_000));
    /// let tested = shop().replace(|with| with.stand_in(rich));
    /// ```
    pub fn replace(mut self, with: impl FnOnce(Group) -> Group) -> Self {
        self.root.replace(with(Group::new("replaced")));
        self
    }

    /// What a node would serve that was started now, in the order in which it was said. Nothing is made for it.
    pub fn services(&self) -> Vec<ServiceDescription> {
        self.root.describe()
    }

    /// What a node would run that was started now, as data. Nothing is made for it, and no configuration is read.
    ///
    /// ```
    /// # use consort_runtime::{Node, service};
    /// # #[derive(Default)] struct Mailer;
    /// # #[service(crate = "consort_runtime", pool = 2)] impl Mailer { pub async fn send(&mut self) {} }
    /// let manifest = Node::builder().serve::<Mailer>().manifest();
    /// assert_eq!(manifest.services[0].members.unwrap().most, 2);
    /// println!("{manifest}"); // a file with a document for each supervisor and service
    /// ```
    pub fn manifest(&self) -> Manifest {
        Manifest::of(&self.root, &self.rules, &self.options)
    }

    /// What the services of this node would miss if all of them ran and nothing else was there: what has to come from
    /// outside.
    ///
    /// # Errors
    /// Services need each other in a circle; a version or requirement cannot be read.
    pub fn check_dependencies(&self) -> Result<Vec<Missing>, StartError> {
        services::check(&self.root)
    }
}

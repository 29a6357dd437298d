use crate::supervision::{ChildSpec, RestartPolicy, SupervisorConfig};

/// One supervisor with all that is below it.
///
/// ```
/// use consort_protocol::supervision::{RestartPolicy, SupervisorConfig, TreeSpec};
///
/// let web = TreeSpec::new("web", SupervisorConfig::default()).actor("api", RestartPolicy::Permanent);
/// let node = TreeSpec::new("node", SupervisorConfig::default())
///     .actor("store", RestartPolicy::Permanent)
///     .supervisor(RestartPolicy::Permanent, web);
/// assert_eq!(node.children.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeSpec<C> {
    /// Its name, unique in the tree.
    pub id: C,
    /// Its rules.
    pub config: SupervisorConfig,
    /// Its children, in start order.
    pub children: Vec<TreeChild<C>>,
}

/// A child of a supervisor in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeChild<C> {
    /// A leaf: whatever the executor starts under this name.
    Actor(ChildSpec<C>),
    /// Another supervisor. One that gives up has ended abnormally.
    Supervisor {
        /// After which ends of it the supervisor above starts it again.
        policy: RestartPolicy,
        /// It and all that is below it.
        spec: TreeSpec<C>,
    },
}

impl<C> TreeSpec<C> {
    /// A supervisor without children.
    pub fn new(id: C, config: SupervisorConfig) -> Self {
        TreeSpec { id, config, children: Vec::new() }
    }

    /// Adds a leaf, last in start order.
    pub fn actor(mut self, id: C, policy: RestartPolicy) -> Self {
        self.children.push(TreeChild::Actor(ChildSpec { id, policy }));
        self
    }

    /// Adds a supervisor, last in start order.
    pub fn supervisor(mut self, policy: RestartPolicy, spec: TreeSpec<C>) -> Self {
        self.children.push(TreeChild::Supervisor { policy, spec });
        self
    }
}

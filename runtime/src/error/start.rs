//! Why a node did not start.

use std::sync::Arc;

use super::{Code, UnknownService};
use crate::key::TemplateError;
use crate::wire::listed;
use consort_protocol::supervision::TreeError;
use thiserror::Error;

/// The node did not start: no service is served and nothing is left running.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Two served types have one service name.
    #[error("two services are named `{name}`: `{first}` and `{second}`; give one another `name = \"…\"` [C0030]")]
    DuplicateService {
        /// The name.
        name: &'static str,
        /// The Rust type served first.
        first: &'static str,
        /// The Rust type served second.
        second: &'static str,
    },
    /// An environment variable has a value that cannot be used.
    #[error("environment variable {variable}={value:?}: {reason} [C0031]")]
    Environment {
        /// The variable.
        variable: String,
        /// Its value.
        value: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// There is no tokio runtime to run on.
    #[error("there is no tokio runtime here; start the node inside `#[tokio::main]` or `Runtime::block_on` [C0032]")]
    NoRuntime,
    /// The key template of a service is malformed.
    #[error("service `{service}`: {reason} [C0033]")]
    BadTemplate {
        /// The service.
        service: &'static str,
        /// What is wrong with its template.
        reason: TemplateError,
    },
    /// Services need each other in a circle, so that none can be the first.
    #[error("services need each other in a cycle: {}; make one of these requirements soft [C0035]", .cycle.join(" → "))]
    DependencyCycle {
        /// Each needs the next; the last is the first again.
        cycle: Vec<String>,
    },
    /// A version of a service, or what it says that it needs, cannot be read.
    #[error("service `{service}`: {reason} [C0036]")]
    BadRequirement {
        /// The service.
        service: &'static str,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The supervision tree cannot be.
    #[error("{0} [C0037]")]
    BadTree(TreeError<Arc<str>>),
    /// Children of one supervisor need each other, with what is below them, so that none can be started first.
    #[error(
        "supervisor {supervisor}: its children {} need each other, so that none can be started first; \
         put them into one group, or make a requirement soft [C0037]",
        listed(.children)
    )]
    EntangledGroups {
        /// The supervisor.
        supervisor: String,
        /// Those of its children.
        children: Vec<String>,
    },
    /// A service that is to be kept alive is not served.
    #[error("keep-alive: {0}")]
    UnknownKept(UnknownService),
    /// The actors that run the node itself could not be started.
    #[error("the node's own actors could not start: {0} [C0034]")]
    Supervision(String),
    /// The configuration cannot be used: all mistakes, each with its file and line or its variable; or a type that
    /// cannot be a config type; or a store that cannot be read.
    #[error("{0} [C0038]")]
    Config(String),
    /// A service is `stateful`, and the node has no store to keep the states of its actors.
    #[error(
        "service `{service}` is stateful, and the node has no store for its states; give it one with \
         `NodeBuilder::state_store`, which needs the feature `state` [C0058]"
    )]
    NoStateStore {
        /// The service.
        service: &'static str,
    },
    /// The node was to join others and could not.
    #[error("the node could not join: {reason} [{code}]")]
    Join {
        /// What kind of thing it was.
        code: Code,
        /// What was wrong, and what would be right.
        reason: String,
    },
}

impl StartError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::DuplicateService { .. } => Code::DUPLICATE_SERVICE,
            Self::Environment { .. } => Code::ENVIRONMENT,
            Self::NoRuntime => Code::NO_RUNTIME,
            Self::BadTemplate { .. } => Code::BAD_TEMPLATE,
            Self::DependencyCycle { .. } => Code::DEPENDENCY_CYCLE,
            Self::BadRequirement { .. } => Code::BAD_REQUIREMENT,
            Self::BadTree(_) | Self::EntangledGroups { .. } => Code::BAD_TREE,
            Self::UnknownKept(_) => Code::UNKNOWN_SERVICE,
            Self::Supervision(_) => Code::SUPERVISION,
            Self::Config(_) => Code::CONFIG,
            Self::NoStateStore { .. } => Code::NO_STATE_STORE,
            Self::Join { code, .. } => *code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, StartError};
    use crate::key::Template;

    #[test]
    fn every_reason_says_what_is_wrong_and_ends_with_its_code() {
        let reason = Template::new("{id}").check::<u64>().unwrap_err();
        for (error, text) in [
            (
                StartError::DuplicateService { name: "counter", first: "a::Counter", second: "b::Counter" },
                "two services are named `counter`: `a::Counter` and `b::Counter`; \
                 give one another `name = \"…\"` [C0030]",
            ),
            (
                StartError::Environment {
                    variable: "CONSORT_NAME".into(),
                    value: "a\nb".into(),
                    reason: "a name has one line".into(),
                },
                "environment variable CONSORT_NAME=\"a\\nb\": a name has one line [C0031]",
            ),
            (
                StartError::NoRuntime,
                "there is no tokio runtime here; \
                 start the node inside `#[tokio::main]` or `Runtime::block_on` [C0032]",
            ),
            (
                StartError::BadTemplate { service: "counter", reason },
                "service `counter`: key template `{id}` does not start with `/` [C0033]",
            ),
            (
                StartError::DependencyCycle { cycle: ["a", "b", "a"].map(String::from).to_vec() },
                "services need each other in a cycle: a → b → a; make one of these requirements soft [C0035]",
            ),
            (StartError::BadRequirement { service: "a", reason: "no".into() }, "service `a`: no [C0036]"),
            (
                StartError::BadTree(consort_protocol::supervision::TreeError::Duplicate("a".into())),
                "a stands twice in the supervision tree: names are unique in the whole tree [C0037]",
            ),
            (
                StartError::EntangledGroups { supervisor: "node".into(), children: vec!["a".into(), "b".into()] },
                "supervisor node: its children `a`, `b` need each other, so that none can be started first; \
                 put them into one group, or make a requirement soft [C0037]",
            ),
            (
                StartError::UnknownKept(crate::error::UnknownService::new("mailr", ["mailer"])),
                "keep-alive: service `mailr` is not served here; did you mean `mailer`? (served: `mailer`) [C0043]",
            ),
            (StartError::Supervision("gone".into()), "the node's own actors could not start: gone [C0034]"),
            (
                StartError::Join { code: Code::JOIN_SEEDS, reason: "seed 2 is empty".into() },
                "the node could not join: seed 2 is empty [C0092]",
            ),
            (
                StartError::NoStateStore { service: "counter" },
                "service `counter` is stateful, and the node has no store for its states; give it one with \
                 `NodeBuilder::state_store`, which needs the feature `state` [C0058]",
            ),
            (StartError::Config("shop.toml:3: no".into()), "shop.toml:3: no [C0038]"),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }
}

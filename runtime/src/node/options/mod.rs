//! What a node was told: options of the node, from the program or its environment, and the rules of each service.

pub(super) mod environment;
mod options_type;
mod rules;

pub(crate) use options_type::Options;
pub use rules::Rules;
pub(crate) use rules::RulesByType;

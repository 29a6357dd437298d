/// Why a text is no requirement.
#[derive(Debug, thiserror::Error)]
pub enum RequirementError {
    /// No name.
    #[error("`{text}` names no service: write its name and a range of versions, as in `inventory ^1.2`")]
    NoName {
        /// What was given.
        text: String,
    },
    /// What follows the name is no range.
    #[error("`{text}` has no range of versions after its name: {source}; write one as in `inventory ^1.2`")]
    NoRange {
        /// What was given.
        text: String,
        /// What is wrong with the range.
        source: semver::Error,
    },
}

/// Why services cannot be put into an order. Nothing was started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Two services have one name.
    #[error("two services are named {0}: rename one of them")]
    Duplicate(String),
    /// Services need each other, so that none can be the first.
    #[error("services need each other in a cycle: {}; make one of these requirements soft", .0.join(" → "))]
    Cycle(
        /// The cycle: each needs the next, and the last is the first again.
        Vec<String>,
    ),
}

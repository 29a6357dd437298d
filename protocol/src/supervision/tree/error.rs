/// Why a tree cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<C> {
    /// A name stands twice in the tree.
    #[error("{0} stands twice in the supervision tree: names are unique in the whole tree")]
    Duplicate(C),
    /// The branch with this name is too deep.
    #[error("supervisor {id} stands below {depth} others: at most {depth} levels are allowed", depth = super::Tree::<()>::DEPTH_MAX)]
    TooDeep {
        /// The first supervisor that is too deep.
        id: C,
    },
}

impl<C> From<crate::supervision::SupervisorError<C>> for TreeError<C> {
    fn from(error: crate::supervision::SupervisorError<C>) -> Self {
        match error {
            crate::supervision::SupervisorError::DuplicateChild(id) => TreeError::Duplicate(id),
        }
    }
}

/// Why a supervisor cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupervisorError<C> {
    /// Two children have one name.
    #[error("two children of one supervisor are named {0}: names are unique below a supervisor")]
    DuplicateChild(C),
}

use std::sync::Arc;

/// Work that what was read left behind, to be done by the thread that read it. See
/// [`Answers::soon`](super::Answers::soon).
pub trait Chore: Send + Sync + 'static {
    /// Does it. It should take microseconds: when it takes longer another thread takes over what this one carries, which
    /// takes some milliseconds to happen.
    fn run(self: Arc<Self>);

    /// Has it done by another thread: this one is kept by a chore that takes long.
    fn hand_over(self: Arc<Self>);
}

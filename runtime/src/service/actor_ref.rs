//! [`ActorRef`]: the untold part of every generated reference.

use std::fmt;
use std::sync::Arc;

use crate::engine::{Cell, Occupant};
use crate::node::Pool;
use crate::remote::Placement;
use crate::service::Service;

/// Names an actor of service `S` by its key. Cheap to clone; good over restarts of the actor.
pub struct ActorRef<S: Service> {
    cell: Arc<Cell<S>>,
    /// Of a pool: its members, one of which is `cell`.
    pool: Option<Arc<Pool<S>>>,
}

impl<S: Service> ActorRef<S> {
    /// The actor in this cell, or the pool it is a member of.
    #[inline]
    pub(crate) fn new(cell: Arc<Cell<S>>) -> Self {
        let pool = if const { S::INFO.pool <= 1 } || cell.is_single() { None } else { cell.kind.pool() };
        ActorRef { cell, pool }
    }

    pub(crate) fn of_pool(pool: Arc<Pool<S>>) -> Self {
        ActorRef { cell: pool.members()[0].clone(), pool: Some(pool) }
    }

    /// What decides where the actor lives.
    pub fn placement(&self) -> Placement {
        Placement::of::<S>(&self.cell.key)
    }

    /// The actor's cell; of a pool, one of them.
    pub(crate) fn cell(&self) -> &Arc<Cell<S>> {
        &self.cell
    }

    /// The cells behind this reference: one, or the members of the pool.
    pub(crate) fn cells(&self) -> &[Arc<Cell<S>>] {
        self.pool.as_ref().map_or(std::slice::from_ref(&self.cell), |pool| pool.members())
    }

    /// The cell the next call goes to: the only one, or a member of the pool.
    #[inline(always)]
    pub(crate) fn pick(&self) -> &Arc<Cell<S>> {
        match &self.pool {
            Some(pool) if const { S::INFO.pool > 1 } => pool.pick(),
            _ => &self.cell,
        }
    }
}

impl<S: Service> Clone for ActorRef<S> {
    #[inline]
    fn clone(&self) -> Self {
        let pool = if const { S::INFO.pool <= 1 } { None } else { self.pool.clone() };
        ActorRef { cell: self.cell.clone(), pool }
    }
}

impl<S: Service> fmt::Debug for ActorRef<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cell.label())
    }
}

//! Calls that cannot go on at once: why and how long they are held, and until when all have ended.

mod held;
mod patience;
mod under_way;

pub(crate) use held::Held;
pub(crate) use patience::Patience;
pub(super) use under_way::UnderWay;

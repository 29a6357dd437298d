//! One change at run time.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::path::ConfigPath;
use crate::secret::MASK;

/// One change at run time: who changed what, and when. It never changes itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// From 1, without gaps.
    pub number: u64,
    /// When, as whoever made it said; for people only, nothing is decided by it. Not before 1970.
    pub at: SystemTime,
    /// Who, as whoever made it said.
    pub author: String,
    /// Why.
    pub cause: Cause,
    /// What; each path once.
    pub changes: Vec<Change>,
}

/// Why there is a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Cause {
    /// Somebody set or cleared values.
    Edit,
    /// Somebody went back to the values of an earlier revision.
    RollBack {
        /// That revision.
        to: u64,
    },
    /// The defaults of a service's type were kept: its changes are of [`Stored::defaults`](crate::Stored::defaults).
    Defaults,
}

/// What a revision changed at one path of the run-time layer. `Debug` shows secrets as `***`; serialization does not,
/// it is how stores keep them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The place of one value.
    pub path: ConfigPath,
    /// What was set there at run time; `None` if a lower layer was in force.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub before: Option<Value>,
    /// What is set there now; `None` if a lower layer is in force again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub after: Option<Value>,
    /// Whether the values are a secret.
    pub secret: bool,
    /// It was set although nothing knew the path, by [`Edit::forced`](crate::Edit::forced).
    #[serde(default, skip_serializing_if = "is_false")]
    pub forced: bool,
}

/// Whether to leave a mark out, which hardly anything has.
pub(super) fn is_false(mark: &bool) -> bool {
    !mark
}

impl Change {
    /// Hides the values if they are a secret, by what is written here or by what the caller knows.
    pub(crate) fn mask(&mut self, secret: bool) {
        self.secret |= secret;
        if self.secret {
            self.before.iter_mut().chain(&mut self.after).for_each(|value| *value = MASK.into());
        }
    }
}

/// `null` is a value: serde would read it as `None`.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `cart.limit: 50 → 80`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| match value {
            Some(_) if self.secret => MASK.to_owned(),
            Some(value) => value.to_string(),
            None => "unset".to_owned(),
        };
        write!(f, "{}: {} → {}", self.path, shown(&self.before), shown(&self.after))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edit => f.write_str("edit"),
            Self::RollBack { to } => write!(f, "roll-back to {to}"),
            Self::Defaults => f.write_str("defaults"),
        }
    }
}

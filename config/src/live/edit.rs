//! A change somebody wants, and what came of it.

use std::fmt;
use std::time::SystemTime;

use serde_json::Value;

use crate::path::ConfigPath;
use crate::secret::MASK;

/// A change of the run-time layer that somebody wants: values to set and to clear, all or none.
///
/// ```
/// # use std::time::SystemTime;
/// use consort_config::Edit;
/// use serde_json::json;
///
/// let edit = Edit::by("ann", SystemTime::now())
///     .set("cart.limit", 80)
///     .set("cart.mail", json!({ "host": "mx.example.org", "port": 25 }))
///     .clear("cart.hosts")
///     .expecting(7);
/// # let _ = edit;
/// ```
///
/// `Debug` shows paths only, because it cannot know which values are secrets.
#[derive(Clone)]
pub struct Edit {
    pub(crate) author: String,
    pub(crate) at: SystemTime,
    pub(crate) expected: Option<u64>,
    pub(crate) forced: bool,
    pub(crate) steps: Vec<(String, Step)>,
}

/// What is done at a path.
#[derive(Clone)]
pub(crate) enum Step {
    Set(Value),
    SetText(String),
    Clear,
}

impl Edit {
    /// A change without steps. `at` is written into the revision, for people to read; times before 1970 count as 1970.
    pub fn by(author: impl Into<String>, at: SystemTime) -> Self {
        let at = at.max(SystemTime::UNIX_EPOCH);
        Self { author: author.into(), at, expected: None, forced: false, steps: Vec::new() }
    }

    /// Sets a value, or the values of a table. Keys of the table that are not named stay as they are. Later steps win.
    #[must_use]
    pub fn set(self, path: &str, value: impl Into<Value>) -> Self {
        self.step(path, Step::Set(value.into()))
    }

    /// Sets a value that somebody typed. It is read like that of an environment variable: as what the path wants.
    #[must_use]
    pub fn set_text(self, path: &str, text: impl Into<String>) -> Self {
        self.step(path, Step::SetText(text.into()))
    }

    /// Takes away what was set at run time, at a path and below it: the lower layers are in force again.
    #[must_use]
    pub fn clear(self, path: &str) -> Self {
        self.step(path, Step::Clear)
    }

    /// Only if this is the newest revision: compare and set.
    #[must_use]
    pub fn expecting(mut self, revision: u64) -> Self {
        self.expected = Some(revision);
        self
    }

    /// Also sets paths that no type here knows, for a later version of the program: nobody reads them until a program runs
    /// that knows them, and it checks them then, at its start. They count as secrets, for nothing here knows better, and
    /// are in [`Config::unread`](crate::Config::unread). What is known is checked as ever, the keys of a table too; an
    /// earlier version of the program, which may not know it, passes it over.
    /// A value that somebody typed ([`set_text`](Edit::set_text)) is never forced: nothing says as what it is to be read.
    #[must_use]
    pub fn forced(mut self) -> Self {
        self.forced = true;
        self
    }

    fn step(mut self, path: &str, step: Step) -> Self {
        self.steps.push((path.to_owned(), step));
        self
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "edit by {}:", self.author)?;
        self.steps.iter().try_for_each(|(path, step)| match step {
            Step::Set(_) | Step::SetText(_) => write!(f, " {path} = {MASK}"),
            Step::Clear => write!(f, " clear {path}"),
        })
    }
}

/// What came of a change that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The newest revision: the one that was made, or the one before if nothing had to change.
    pub revision: u64,
    /// The values set or cleared at run time; empty, and no revision was made, if all were so before.
    pub changed: Vec<ConfigPath>,
    /// Of every service, the values that it does not see before [`Config::refresh`](crate::Config::refresh).
    pub waiting: Vec<ConfigPath>,
}

use std::fmt;

use semver::{Version, VersionReq};

use super::RequirementError;

/// Another service that a service needs, or can use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The other service.
    pub name: String,
    /// The versions of it that will do.
    pub range: VersionReq,
    /// What it means if there is none.
    pub strength: Strength,
}

/// What a missing requirement means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// The service cannot do without.
    Hard,
    /// The service runs; its calls to the missing one fail fast.
    Soft,
}

impl Requirement {
    /// Reads a name with an optional range, as in `"inventory ^1.2"`. No range means any version.
    ///
    /// ```
    /// use consort_protocol::dependencies::{Requirement, Strength};
    ///
    /// let needed = Requirement::parse("inventory ^1.2", Strength::Hard).unwrap();
    /// assert_eq!(needed.to_string(), "inventory ^1.2");
    /// assert!(needed.accepts(&"1.4.0".parse().unwrap()));
    /// let error = Requirement::parse("inventory one", Strength::Hard).unwrap_err();
    /// assert!(error.to_string().starts_with("`inventory one` has no range of versions after its name"));
    /// ```
    ///
    /// # Errors
    /// There is no name, or what follows it is no range.
    pub fn parse(text: &str, strength: Strength) -> Result<Self, RequirementError> {
        let (name, range) = match text.trim().split_once(char::is_whitespace) {
            Some((name, range)) => (name, range.trim()),
            None => (text.trim(), "*"),
        };
        if name.is_empty() {
            return Err(RequirementError::NoName { text: text.to_owned() });
        }
        let range =
            VersionReq::parse(range).map_err(|source| RequirementError::NoRange { text: text.to_owned(), source })?;
        Ok(Requirement { name: name.to_owned(), range, strength })
    }

    /// Whether this version will do.
    pub fn accepts(&self, version: &Version) -> bool {
        self.range.matches(version)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.range)
    }
}

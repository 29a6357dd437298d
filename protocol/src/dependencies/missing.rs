use std::fmt;

use semver::Version;

use super::{Requirement, Strength};

/// A requirement that is not met. Printed, it is what a user has to know.
///
/// ```
/// use consort_protocol::dependencies::{Missing, Requirement, Strength};
///
/// let requirement = Requirement::parse("inventory ^1.2", Strength::Hard).unwrap();
/// let missing = Missing { service: "cart".into(), requirement, available: vec!["1.0.3".parse().unwrap()] };
/// assert_eq!(missing.to_string(), "cart needs inventory ^1.2; available 1.0.3");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Who has the requirement.
    pub service: String,
    /// What is not met.
    pub requirement: Requirement,
    /// The versions there are, none of which will do; lowest first.
    pub available: Vec<Version>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.requirement.strength {
            Strength::Hard => "needs",
            Strength::Soft => "can use",
        };
        write!(f, "{} {verb} {}; ", self.service, self.requirement)?;
        if self.available.is_empty() {
            return write!(f, "none is available");
        }
        let available: Vec<String> = self.available.iter().map(Version::to_string).collect();
        write!(f, "available {}", available.join(", "))
    }
}

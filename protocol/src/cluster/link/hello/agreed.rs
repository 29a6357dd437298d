use super::{Announced, Hello};

/// What two nodes agreed on: the link is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The version both speak from here on.
    pub version: u16,
    /// What the other said of itself.
    pub theirs: Hello,
}

impl Agreed {
    /// What the other takes.
    pub fn announced(&self) -> Announced {
        self.theirs.announced
    }
}

//! What the texts of options mean.

pub mod duration;
pub mod name;
pub mod template;
pub mod version;

//! What the texts of options mean.

pub mod duration;
pub mod intensity;
pub mod name;
pub mod place;
pub mod requirement;
pub mod template;
pub mod version;

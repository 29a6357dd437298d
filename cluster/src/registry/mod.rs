//! Who serves what, in which version.

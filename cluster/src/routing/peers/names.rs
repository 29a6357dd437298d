//! Names of services that this program does not have, kept for as long as the process lives.
//!
//! A message names its service by a text of the program, which costs nothing to copy and to compare. The name of a
//! service that only other nodes have becomes such a text with its first call by name.

use std::collections::BTreeSet;

use parking_lot::Mutex;

/// Names that are kept: ten times what the largest programs have. They are never freed.
const NAMES_MAX: usize = 4_096;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The name, kept; `None` if there are too many of them, and this is none of those.
pub(in crate::routing) fn kept(name: &str) -> Option<&'static str> {
    keep(&mut NAMES.lock(), NAMES_MAX, name)
}

fn keep(names: &mut BTreeSet<&'static str>, most: usize, name: &str) -> Option<&'static str> {
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= most {
        return None;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_and_only_so_many_are() {
        let mut names = BTreeSet::new();
        let first = keep(&mut names, 2, "cart").unwrap();
        assert!(std::ptr::eq(first, keep(&mut names, 2, "cart").unwrap()));
        assert_eq!((keep(&mut names, 2, "mailer"), keep(&mut names, 2, "stock")), (Some("mailer"), None));
        assert_eq!(keep(&mut names, 2, "cart"), Some("cart"), "those that are kept are still found");
    }
}

//! What is wrong with a path.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A path that is not a key of the service. Nothing was looked up and nothing changed.
///
/// Paths and segments are quoted at most 80 characters long, control characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum KeyError {
    /// The path does not begin with a slash.
    #[error("path `{path}` does not start with `/`; expected `{template}`")]
    Relative {
        /// The path as given.
        path: Box<str>,
        /// The form it should have.
        template: Box<str>,
    },
    /// The path has more or fewer segments than the template.
    #[error("path `{path}` has {found} segments, not {expected}; expected `{template}`")]
    Length {
        /// The path as given.
        path: Box<str>,
        /// The form it should have.
        template: Box<str>,
        /// Segments of the path.
        found: usize,
        /// Segments of the template.
        expected: usize,
    },
    /// A literal segment is another word than the template's.
    #[error("path `{path}`: segment {position} is `{found}`, not `{expected}`; expected `{template}`")]
    Literal {
        /// The path as given.
        path: Box<str>,
        /// The form it should have.
        template: Box<str>,
        /// Which segment, from 1.
        position: usize,
        /// The word in the path.
        found: Box<str>,
        /// The word in the template.
        expected: Box<str>,
    },
    /// A hole is filled with what its type cannot be.
    #[error("path `{path}`: `{{{hole}}}` must be {expected}, but `{found}` {reason}; expected `{template}`")]
    Segment {
        /// The path as given.
        path: Box<str>,
        /// The form it should have.
        template: Box<str>,
        /// The name of the hole.
        hole: Box<str>,
        /// What the hole must hold: [`Segment::KIND`](super::Segment::KIND).
        expected: Box<str>,
        /// What the path has there, still escaped.
        found: Box<str>,
        /// Why that will not do, as a sentence without its subject.
        reason: Box<str>,
    },
}

#[cfg(test)]
mod tests {
    use crate::key::{Key, Template};

    fn refused<K: Key>(template: &'static str, path: &str) -> String {
        K::parse(&Template::new(template), path).unwrap_err().to_string()
    }

    #[test]
    fn a_bad_path_is_told_what_where_and_what_would_be_right() {
        let template = "/tenant/{tenant}/order/{id: u64}";
        for (path, error) in [
            ("tenant/a/order/7", "path `tenant/a/order/7` does not start with `/`"),
            ("", "path `` does not start with `/`"),
            ("/tenant/a", "path `/tenant/a` has 2 segments, not 4"),
            ("/tenant/a/order/7/", "path `/tenant/a/order/7/` has 5 segments, not 4"),
            ("/tenants/a/order/7", "path `/tenants/a/order/7`: segment 1 is `tenants`, not `tenant`"),
            ("/tenant/a/orders/7", "path `/tenant/a/orders/7`: segment 3 is `orders`, not `order`"),
            (
                "/tenant//order/7",
                "path `/tenant//order/7`: `{tenant}` must be a string, but `` is empty; \
                 the empty string is written `~`",
            ),
            (
                "/tenant/a/order/x",
                "path `/tenant/a/order/x`: `{id}` must be an integer (u64), but `x` is not an integer (u64) \
                 (invalid digit found in string)",
            ),
        ] {
            assert_eq!(refused::<(String, u64)>(template, path), format!("{error}; expected `{template}`"));
        }
    }

    #[test]
    fn a_service_without_a_key_names_its_only_path() {
        assert_eq!(refused::<()>("", "/x"), "path `/x` has 1 segments, not 0; expected `/`");
        assert_eq!(refused::<()>("", ""), "path `` does not start with `/`; expected `/`");
    }

    #[test]
    fn a_long_or_unprintable_path_is_quoted_shortened_and_escaped() {
        let error = refused::<u64>("/{id}", &format!("/\n{}/2", "9".repeat(1_000_000)));
        assert!(error.starts_with("path `/\\n999") && error.len() < 200, "{error}");
    }
}

//! What is wrong with a template.

use super::Template;
use thiserror::Error;

/// A key template that no service can use. Found when the node starts; nothing was started.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// The template is not empty and does not begin with a slash.
    #[error("key template `{template}` does not start with `/`")]
    Relative {
        /// The template as written.
        template: &'static str,
    },
    /// Two slashes touch, or one stands at the end.
    #[error("key template `{template}`: segment {position} is empty; remove one `/`")]
    EmptySegment {
        /// The template as written.
        template: &'static str,
        /// Which segment, from 1.
        position: usize,
    },
    /// A brace that does not make a hole: part of a segment, unbalanced, or around no name.
    #[error("key template `{template}`: `{segment}` is not a hole; a hole is a whole segment, such as `{{name}}`")]
    BrokenHole {
        /// The template as written.
        template: &'static str,
        /// The segment, or what stands in its braces.
        segment: &'static str,
    },
    /// Two holes have one name.
    #[error("key template `{template}` has the hole `{{{name}}}` twice; give each a name of its own")]
    RepeatedHole {
        /// The template as written.
        template: &'static str,
        /// The name both have.
        name: &'static str,
    },
    /// The key type has more or fewer segments than the template has holes.
    #[error(
        "key template `{}` has {holes} holes, but the key has {segments} segments; it needs one hole for each",
        Template::new(.template)
    )]
    HoleCount {
        /// The template as written.
        template: &'static str,
        /// Holes in the template.
        holes: usize,
        /// Segments of the key type.
        segments: usize,
    },
}

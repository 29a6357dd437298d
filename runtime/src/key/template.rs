//! The printed form of a service's keys.

use super::{Holes, Key, KeyError, TemplateError};
use std::fmt;
use std::ops::Range;

/// The pattern of a service's paths, such as `/tenant/{tenant}/order/{id: u64}`.
///
/// Each segment between slashes is either literal or one hole. A service without a key has the empty
/// template, whose only path is `/`. Building one checks nothing, because it happens in constants:
/// [`Template::check`] does, when the node starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    text: &'static str,
}

/// One segment of a [`Template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Stands in every path as it is.
    Literal(&'static str),
    /// Is filled by a segment of the key; holds the hole's name.
    Hole(&'static str),
}

impl Template {
    /// A template with this text.
    pub const fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// The text as it was written: empty for a service without a key.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The segments in order.
    pub fn segments(&self) -> impl Iterator<Item = Part> + use<> {
        self.text.split('/').skip(1).map(Part::of)
    }

    /// The path of `key`. Allocates once, unless the key is long.
    pub fn render<K: Key>(&self, key: &K) -> String {
        let mut path = String::with_capacity(self.text.len() + 16 * K::SEGMENTS);
        self.write_path(key, 0..usize::MAX, &mut path);
        if path.is_empty() {
            path.push('/');
        }
        path
    }

    /// Appends the part of the path of `key` that has these of its holes; a literal segment belongs to the hole after it.
    pub(crate) fn write_path<K: Key>(&self, key: &K, holes: Range<usize>, path: &mut String) {
        let (mut hole, mut rest) = (0, self.text);
        // by the bytes: a segment is shorter than what it takes to begin a search for its end
        while hole < holes.end && !rest.is_empty() {
            let end = rest.bytes().skip(1).position(|byte| byte == b'/').map_or(rest.len(), |end| end + 1);
            let (segment, after) = rest.split_at(end);
            rest = after;
            let is_hole = segment.starts_with("/{") && segment.ends_with('}');
            if hole >= holes.start {
                path.push_str(if is_hole { "/" } else { segment });
                if is_hole {
                    key.write_segment(hole, path);
                }
            }
            hole += usize::from(is_hole);
        }
    }

    /// Reads a path back into a key.
    ///
    /// # Errors
    /// [`KeyError`] if the path does not have this template's form.
    pub fn parse<K: Key>(&self, path: &str) -> Result<K, KeyError> {
        K::read(&mut Holes::new(*self, path)?)
    }

    /// Reads the segments of a key alone, with `/` between.
    pub(crate) fn parse_segments<K: Key>(&self, segments: &str) -> Result<K, KeyError> {
        K::read(&mut Holes::bare(*self, segments, K::SEGMENTS)?)
    }

    /// Whether the template is well formed and has exactly the holes that `K` fills.
    ///
    /// # Errors
    /// The first thing that is wrong with the template, from left to right.
    pub fn check<K: Key>(&self) -> Result<(), TemplateError> {
        let template = self.text;
        if !template.is_empty() && !template.starts_with('/') {
            return Err(TemplateError::Relative { template });
        }
        let mut names = Vec::new();
        for (index, part) in self.segments().enumerate() {
            match part {
                Part::Literal("") => return Err(TemplateError::EmptySegment { template, position: index + 1 }),
                Part::Literal(segment) if segment.contains(['{', '}']) => {
                    return Err(TemplateError::BrokenHole { template, segment });
                }
                Part::Hole(segment) if !is_name(segment) => {
                    return Err(TemplateError::BrokenHole { template, segment });
                }
                Part::Hole(name) if names.contains(&name) => {
                    return Err(TemplateError::RepeatedHole { template, name });
                }
                Part::Hole(name) => names.push(name),
                Part::Literal(_) => {}
            }
        }
        if names.len() == K::SEGMENTS {
            Ok(())
        } else {
            Err(TemplateError::HoleCount { template, holes: names.len(), segments: K::SEGMENTS })
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.text.is_empty() { "/" } else { self.text })
    }
}

impl Part {
    /// A whole segment in braces is a hole; its name ends at the colon, if its type is given.
    pub(super) fn of(segment: &'static str) -> Self {
        let Some(hole) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return Self::Literal(segment);
        };
        Self::Hole(hole.split_once(':').map_or(hole, |(name, _)| name).trim())
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::{Key, Part, Template};

    const NESTED: Template = Template::new("/tenant/{tenant}/order/{id: u64}");

    #[test]
    fn segments_are_literals_and_named_holes() {
        let parts: Vec<_> = NESTED.segments().collect();
        assert_eq!(parts, [Part::Literal("tenant"), Part::Hole("tenant"), Part::Literal("order"), Part::Hole("id")]);
        assert_eq!(Template::new("").segments().count(), 0);
    }

    #[test]
    fn a_service_without_a_key_has_the_path_slash() {
        assert_eq!(Template::new("").render(&()), "/");
        assert_eq!(Template::new("").parse("/"), Ok(()));
        assert_eq!(Template::new("").to_string(), "/");
    }

    #[test]
    fn a_rendered_path_parses_back_to_its_key() {
        let key = (String::from("ac/me"), 7_u64);
        assert_eq!(NESTED.render(&key), "/tenant/ac%2Fme/order/7");
        assert_eq!(NESTED.parse("/tenant/ac%2Fme/order/7"), Ok(key));
    }

    #[test]
    fn a_path_is_divided_between_its_holes() {
        let template = Template::new("/tenant/{tenant}/order/{id: u64}/lines");
        let (key, mut path) = ((String::from("acme"), 7_u64), String::new());
        let mut part = |holes| {
            path.clear();
            template.write_path(&key, holes, &mut path);
            path.clone()
        };
        assert_eq!((part(0..1), part(1..usize::MAX)), ("/tenant/acme".into(), "/order/7/lines".into()));
        assert_eq!((part(0..2), part(2..usize::MAX)), ("/tenant/acme/order/7".into(), "/lines".into()));
    }

    fn problem<K: Key>(text: &'static str) -> String {
        Template::new(text).check::<K>().unwrap_err().to_string()
    }

    #[test]
    fn a_well_formed_template_passes_the_check() {
        assert_eq!(NESTED.check::<(String, u64)>(), Ok(()));
        assert_eq!(Template::new("").check::<()>(), Ok(()));
        assert_eq!(Template::new("/{id}").check::<u64>(), Ok(()));
    }

    #[test]
    fn a_malformed_template_is_named_with_its_cure() {
        for (text, error) in [
            ("{a}", "key template `{a}` does not start with `/`"),
            ("/a//{b}", "key template `/a//{b}`: segment 2 is empty; remove one `/`"),
            ("/{a}/", "key template `/{a}/`: segment 2 is empty; remove one `/`"),
            ("/x-{a}", "key template `/x-{a}`: `x-{a}` is not a hole; a hole is a whole segment, such as `{name}`"),
            ("/{a b}", "key template `/{a b}`: `a b` is not a hole; a hole is a whole segment, such as `{name}`"),
            ("/{a}/{a}", "key template `/{a}/{a}` has the hole `{a}` twice; give each a name of its own"),
            ("/a", "key template `/a` has 0 holes, but the key has 1 segments; it needs one hole for each"),
        ] {
            assert_eq!(problem::<u64>(text), error);
        }
    }
}

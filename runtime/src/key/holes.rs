//! A path read against its template.

use super::{KeyError, Part, Segment, Template};
use crate::wire::excerpt;
use std::iter::Skip;
use std::str::Split;

/// The segments of one path that stand in the holes of its template, taken from left to right.
///
/// It exists only for paths whose literal segments and length fit the template. Allocates nothing.
#[derive(Clone, Debug)]
pub struct Holes<'p> {
    template: Template,
    path: &'p str,
    expected: Skip<Split<'static, char>>,
    found: Skip<Split<'p, char>>,
    /// The path has the holes alone, without the words between.
    bare: bool,
}

impl<'p> Holes<'p> {
    /// Lays `path` beside `template`.
    pub(super) fn new(template: Template, path: &'p str) -> Result<Self, KeyError> {
        if !path.starts_with('/') {
            return Err(KeyError::Relative { path: excerpt(path), template: in_words(template) });
        }
        // The path `/` has no segments: where splitting sees an empty one, there is none.
        let found = if path == "/" { "" } else { path };
        let holes = Self {
            template,
            path,
            expected: template.text().split('/').skip(1),
            found: found.split('/').skip(1),
            bare: false,
        };
        holes.check_shape()?;
        Ok(holes)
    }

    /// The segments of a key alone, with `/` between.
    pub(super) fn bare(template: Template, segments: &'p str) -> Result<Self, KeyError> {
        // no segments are written as nothing: where splitting sees an empty one, there is none
        let skipped = usize::from(segments.is_empty());
        let (expected, found) = (template.text().split('/').skip(1), segments.split('/').skip(skipped));
        let holes = Self { template, path: segments, expected, found, bare: true };
        let wanted = template.segments().filter(|part| matches!(part, Part::Hole(_))).count();
        let length = holes.found.clone().count();
        if length == wanted {
            return Ok(holes);
        }
        Err(KeyError::Length { path: excerpt(segments), template: in_words(template), found: length, expected: wanted })
    }

    /// The value in the next hole.
    ///
    /// # Errors
    /// [`KeyError::Segment`] if the text there is not an `S`; [`KeyError::Length`] after the last hole.
    pub fn take<S: Segment>(&mut self) -> Result<S, KeyError> {
        while let Some(part) = self.expected.next() {
            let Part::Hole(hole) = Part::of(part) else {
                if !self.bare {
                    self.found.next();
                }
                continue;
            };
            let Some(text) = self.found.next() else { break };
            return S::read_escaped(text).map_err(|reason| KeyError::Segment {
                path: excerpt(self.path),
                template: in_words(self.template),
                hole: hole.into(),
                expected: S::KIND.into(),
                found: excerpt(text),
                reason,
            });
        }
        Err(self.wrong_length())
    }

    fn check_shape(&self) -> Result<(), KeyError> {
        let mut found = self.found.clone();
        for (index, part) in self.template.segments().enumerate() {
            match (part, found.next()) {
                (_, None) => return Err(self.wrong_length()),
                (Part::Literal(expected), Some(text)) if text != expected => {
                    return Err(KeyError::Literal {
                        path: excerpt(self.path),
                        template: in_words(self.template),
                        position: index + 1,
                        found: excerpt(text),
                        expected: expected.into(),
                    });
                }
                (Part::Literal(_) | Part::Hole(_), Some(_)) => {}
            }
        }
        if found.next().is_some() { Err(self.wrong_length()) } else { Ok(()) }
    }

    fn wrong_length(&self) -> KeyError {
        KeyError::Length {
            path: excerpt(self.path),
            template: in_words(self.template),
            found: if self.path == "/" { 0 } else { self.path.split('/').skip(1).count() },
            expected: self.template.segments().count(),
        }
    }
}

/// A template as error texts name it.
fn in_words(template: Template) -> Box<str> {
    template.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::{Holes, KeyError, Template};

    #[test]
    fn holes_are_taken_from_left_to_right() {
        let mut holes = Holes::new(Template::new("/a/{x}/{y}"), "/a/1/two").unwrap();
        assert_eq!(holes.take::<u8>(), Ok(1));
        assert_eq!(holes.take::<String>(), Ok("two".into()));
    }

    #[test]
    fn taking_past_the_last_hole_is_an_error() {
        let mut holes = Holes::new(Template::new("/a"), "/a").unwrap();
        assert!(matches!(holes.take::<u8>(), Err(KeyError::Length { found: 1, expected: 1, .. })));
    }

    #[test]
    fn the_root_path_has_no_segments() {
        let error = Holes::new(Template::new("/{x}"), "/").unwrap_err();
        assert!(matches!(error, KeyError::Length { found: 0, expected: 1, .. }));
    }

    #[test]
    fn segments_alone_are_taken_as_those_of_a_path() {
        let template = Template::new("/a/{x}/b/{y}");
        let mut holes = Holes::bare(template, "1/two%2F").unwrap();
        assert_eq!((holes.take::<u8>(), holes.take::<String>()), (Ok(1), Ok("two/".into())));
        assert!(holes.take::<u8>().is_err());
        assert!(Holes::bare(Template::new(""), "").unwrap().take::<u8>().is_err());
        for wrong in ["", "1", "1/two/3", "/1/two"] {
            assert!(matches!(Holes::bare(template, wrong), Err(KeyError::Length { expected: 2, .. })), "{wrong}");
        }
    }
}

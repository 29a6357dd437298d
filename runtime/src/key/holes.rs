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
    /// The path has the holes alone, without the words between; so many of them were taken.
    bare: Option<usize>,
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
            bare: None,
        };
        holes.check_shape()?;
        Ok(holes)
    }

    /// The segments of a key alone, with `/` between: as many as are `wanted`.
    pub(super) fn bare(template: Template, segments: &'p str, wanted: usize) -> Result<Self, KeyError> {
        // no segments are written as nothing: where splitting sees an empty one, there is none
        let skipped = usize::from(segments.is_empty());
        let (expected, found) = (template.text().split('/').skip(1), segments.split('/').skip(skipped));
        let holes = Self { template, path: segments, expected, found, bare: Some(0) };
        let slashes = segments.bytes().filter(|byte| *byte == b'/').count();
        let length = if segments.is_empty() { 0 } else { slashes + 1 };
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
        if let Some(taken) = &mut self.bare {
            let hole = *taken;
            *taken += 1;
            let Some(text) = self.found.next() else { return Err(self.wrong_length()) };
            return S::read_escaped(text).map_err(|reason| {
                let mut names = self.template.segments().filter_map(|part| match part {
                    Part::Hole(name) => Some(name),
                    Part::Literal(_) => None,
                });
                self.wrong_segment::<S>(names.nth(hole).unwrap_or_default(), text, reason)
            });
        }
        while let Some(part) = self.expected.next() {
            let text = self.found.next();
            let (Part::Hole(hole), Some(text)) = (Part::of(part), text) else { continue };
            return S::read_escaped(text).map_err(|reason| self.wrong_segment::<S>(hole, text, reason));
        }
        Err(self.wrong_length())
    }

    #[cold]
    fn wrong_segment<S: Segment>(&self, hole: &str, text: &str, reason: Box<str>) -> KeyError {
        KeyError::Segment {
            path: excerpt(self.path),
            template: in_words(self.template),
            hole: hole.into(),
            expected: S::KIND.into(),
            found: excerpt(text),
            reason,
        }
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
        let mut holes = Holes::bare(template, "1/two%2F", 2).unwrap();
        assert_eq!((holes.take::<u8>(), holes.take::<String>()), (Ok(1), Ok("two/".into())));
        assert!(holes.take::<u8>().is_err());
        assert!(Holes::bare(Template::new(""), "", 0).unwrap().take::<u8>().is_err());
        for wrong in ["", "1", "1/two/3", "/1/two"] {
            assert!(matches!(Holes::bare(template, wrong, 2), Err(KeyError::Length { expected: 2, .. })), "{wrong}");
        }
    }
}

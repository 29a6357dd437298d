//! Key templates: `/tenant/{tenant}/order/{id: u64}`.

use crate::ir::{Hole, Key, Place};

const INTEGERS: [&str; 8] = ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];

/// Holes a key may have; the runtime's keys are tuples of up to so many.
const MOST_HOLES: usize = 6;

/// Reads a key template.
///
/// # Errors
/// Everything that is wrong with it, each as a sentence.
pub fn read(template: &str) -> Result<Key, Vec<String>> {
    let Some(segments) = template.strip_prefix('/') else {
        return Err(vec![format!("a key template starts with `/`: write `/{template}`")]);
    };
    if segments.is_empty() {
        return Err(vec!["a key template has at least one hole, such as `/{id}`; without key, leave `key` out".into()]);
    }
    let (mut names, mut holes, mut wrong): (Vec<&str>, _, _) = (Vec::new(), Vec::new(), Vec::new());
    for segment in segments.split('/') {
        match part(segment, template) {
            Ok(None) => {}
            Ok(Some((name, _))) if names.contains(&name) => {
                wrong.push(format!("the hole `{{{name}}}` is there twice; give each a name of its own"));
            }
            Ok(Some((name, hole))) => {
                names.push(name);
                holes.push(hole);
            }
            Err(problem) => wrong.push(problem),
        }
    }
    if wrong.is_empty() && holes.is_empty() {
        wrong.push(format!(
            "`{template}` has no hole, so all keys are the same; add one such as `{{id}}`, or leave `key` out"
        ));
    }
    if holes.len() > MOST_HOLES {
        wrong.push(format!("a key has {MOST_HOLES} holes at most, this one {}; join some of them", holes.len()));
    }
    // Said of every empty segment, it is one problem.
    wrong.dedup();
    let names = names.into_iter().map(str::to_owned).collect();
    if wrong.is_empty() {
        Ok(Key { template: template.to_owned(), names, holes, place: Place::of(template) })
    } else {
        Err(wrong)
    }
}

/// The name and type of a segment that is a hole; nothing for a literal one.
fn part<'a>(segment: &'a str, template: &str) -> Result<Option<(&'a str, Hole)>, String> {
    if segment.is_empty() {
        let cure = if template.ends_with('/') { "remove the `/` at its end" } else { "remove one `/`" };
        return Err(format!("`{template}` has an empty segment; {cure}"));
    }
    match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(inner) if !inner.contains(['{', '}']) => hole(inner).map(Some),
        _ if segment.contains(['{', '}']) => Err(broken(segment)),
        _ if segment.chars().all(is_plain) => Ok(None),
        _ => Err(format!(
            "segment `{segment}`: write letters, digits, `-`, `_`, `.` and `~`; other signs need escapes in a path"
        )),
    }
}

fn broken(segment: &str) -> String {
    match (segment.starts_with('{'), segment.contains('}')) {
        (true, false) => format!("the brace of `{segment}` is not closed; write `{segment}}}`"),
        _ => format!("`{segment}` is not a hole; a hole is a whole segment, such as `/{{name}}/`"),
    }
}

fn hole(inner: &str) -> Result<(&str, Hole), String> {
    let (name, ty) = inner.split_once(':').map_or((inner, "String"), |(name, ty)| (name, ty));
    let (name, ty) = (name.trim(), ty.trim());
    if name.is_empty() {
        return Err(format!("the hole `{{{inner}}}` has no name; write it as `{{name}}` or `{{id: u64}}`"));
    }
    if !is_name(name) {
        return Err(format!("`{name}` is not the name of a hole; use letters, digits and `_`, such as `{{name}}`"));
    }
    hole_type(ty).map(|hole| (name, hole)).ok_or_else(|| {
        let known = INTEGERS.map(|integer| format!("`{integer}`")).join(", ");
        format!("the hole `{{{inner}}}` has the type `{ty}`; a hole is a `String` (also if no type is given), {known} or `uuid`")
    })
}

fn hole_type(ty: &str) -> Option<Hole> {
    match ty {
        "String" | "string" => Some(Hole::Text),
        "uuid" | "Uuid" => Some(Hole::Uuid),
        _ => INTEGERS.into_iter().find(|integer| *integer == ty).map(Hole::Integer),
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|first: char| first.is_ascii_digit())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '~')
}

#[cfg(test)]
mod tests {
    use super::{Hole, read};

    fn holes(template: &str) -> Vec<Hole> {
        read(template).expect("a good template").holes
    }

    #[test]
    fn holes_are_texts_integers_and_uuids() {
        assert_eq!(holes("/tenant/{tenant}/counter/{name}"), [Hole::Text, Hole::Text]);
        assert_eq!(holes("/{id: u64}/{other:i8}/{ u }"), [Hole::Integer("u64"), Hole::Integer("i8"), Hole::Text]);
        assert_eq!(holes("/{id: uuid}/v1.0/{name: String}"), [Hole::Uuid, Hole::Text]);
    }

    #[test]
    fn each_mistake_is_named_with_its_cure() {
        for (template, part) in [
            ("tenant/{t}", "write `/tenant/{t}`"),
            ("/", "leave `key` out"),
            ("/tenant", "has no hole"),
            ("/{a}/", "remove the `/` at its end"),
            ("/a//{b}", "remove one `/`"),
            ("/{}", "the hole `{}` has no name"),
            ("/{: u8}", "has no name"),
            ("/{a}/{a}", "twice"),
            ("/{a", "write `{a}`"),
            ("/a}", "is not a hole"),
            ("/x-{a}", "is not a hole"),
            ("/{a}{b}", "is not a hole"),
            ("/{a b}", "is not the name of a hole"),
            ("/{a: f64}", "has the type `f64`"),
            ("/{a}/b c", "other signs need escapes"),
            ("/{a}/{b}/{c}/{d}/{e}/{f}/{g}", "6 holes at most, this one 7"),
        ] {
            let wrong = read(template).expect_err(template);
            assert!(wrong.iter().any(|words| words.contains(part)), "{template}: {wrong:?}");
            assert_eq!(wrong.len(), 1, "{template}: {wrong:?}");
        }
    }

    #[test]
    fn independent_mistakes_are_all_named() {
        assert_eq!(read("/{}/{a: f32}/{b").map_err(|wrong| wrong.len()), Err(3));
    }
}

//! Words for error texts about names and values that came from outside.

use std::fmt::Write as _;

/// Characters quoted from what a caller sent: enough to recognise it, too few to flood a log.
const EXCERPT: usize = 80;
/// Names listed in one error text; more would bury the sentence.
const LISTED: usize = 24;

/// The beginning of `text`, control characters escaped so that it cannot forge a log line.
pub(crate) fn excerpt(text: &str) -> Box<str> {
    let mut out = String::with_capacity(text.len().min(4 * EXCERPT));
    for (index, c) in text.chars().enumerate() {
        if index == EXCERPT {
            out.push('…');
            break;
        }
        if c.is_control() {
            out.extend(c.escape_debug());
        } else {
            out.push(c);
        }
    }
    out.into()
}

/// The names in backquotes with commas between them, or "none".
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let mut out = String::new();
    for (index, name) in names.iter().take(LISTED).enumerate() {
        // Writing into a `String` cannot fail, so there is nothing to report.
        let _ = write!(out, "{}`{}`", if index == 0 { "" } else { ", " }, name.as_ref());
    }
    match names.len() {
        0 => out.push_str("none"),
        many if many > LISTED => out.push_str(&format!(" and {} more", many - LISTED)),
        _ => {}
    }
    out
}

/// "; did you mean `x`?" for the known name nearest to `given`, or nothing if none is near.
pub(crate) fn did_you_mean<S: AsRef<str>>(given: &str, known: &[S]) -> String {
    nearest(given, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The known name with the fewest typing mistakes, if they are at most a third of its letters.
fn nearest<'k, S: AsRef<str>>(given: &str, known: &'k [S]) -> Option<&'k str> {
    // Measuring takes time as the product of the lengths, and `given` may be a megabyte.
    let near = |name: &&str| given.len() <= 2 * name.len() + 2;
    known
        .iter()
        .map(AsRef::as_ref)
        .filter(near)
        .map(|name| (mistakes(given, name), name))
        .filter(|(mistakes, name)| *mistakes <= name.chars().count().div_ceil(3))
        .min_by_key(|(mistakes, _)| *mistakes)
        .map(|(_, name)| name)
}

/// Letters to insert, delete or replace to get from one name to the other, whatever their case.
fn mistakes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.to_lowercase().chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for column in 1..=to.len() {
            let replaced = diagonal + usize::from(letter != to[column - 1]);
            diagonal = row[column];
            row[column] = replaced.min(diagonal + 1).min(row[column - 1] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, excerpt, listed};

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(&*excerpt("plain é"), "plain é");
        assert_eq!(&*excerpt("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(excerpt(&"x".repeat(1_000)).chars().count(), 81);
    }

    #[test]
    fn names_are_listed_up_to_a_limit() {
        assert_eq!(listed::<&str>(&[]), "none");
        assert_eq!(listed(&["a", "b"]), "`a`, `b`");
        assert!(listed(&vec!["a"; 30]).ends_with("`a` and 6 more"));
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["add", "total", "reset", "by"];
        for (given, meant) in [("ad", "add"), ("Totla", "total"), ("rest", "reset"), ("bye", "by"), ("ADD", "add")] {
            assert_eq!(did_you_mean(given, &known), format!("; did you mean `{meant}`?"));
        }
    }

    #[test]
    fn a_far_name_is_not_suggested() {
        assert_eq!(did_you_mean("withdraw", &["add", "total"]), "");
        assert_eq!(did_you_mean(&"a".repeat(1_000_000), &["add"]), "");
        assert_eq!(did_you_mean("", &["add"]), "");
        assert_eq!(did_you_mean::<&str>("add", &[]), "");
    }
}

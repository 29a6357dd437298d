//! Words that are not known, and those they were probably meant to be.

/// The end of a sentence about a word that is not in `known`: which was probably meant, and which there are.
pub fn correction(word: &str, known: &[&str]) -> String {
    let meant = nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("{meant} (known are {})", listed(known))
}

/// Names in backticks.
pub fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The nearest of `known` to `word`, if it is near enough to be a slip of the pen: two letters, in a long word a third of
/// them, in a very short one a single letter.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, best) = known.iter().map(|known| (strsim::damerau_levenshtein(word, known), *known)).min()?;
    let letters = word.chars().count();
    let most = if letters < 4 { 1 } else { (letters / 3).max(2) };
    (distance <= most).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_pen_is_found_and_a_stranger_is_not() {
        let known = ["name", "version", "key", "mailbox"];
        assert_eq!(nearest("nmae", &known), Some("name"));
        assert_eq!(nearest("nme", &known), Some("name"));
        assert_eq!(nearest("mailboxx", &known), Some("mailbox"));
        assert_eq!(nearest("verison", &known), Some("version"));
        assert_eq!(nearest("retries", &known), None);
        assert_eq!(nearest("x", &[]), None);
    }
}

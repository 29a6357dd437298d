//! The word a misspelt one was probably meant to be.

/// The nearest of `known` to `word`, if it is near enough to be a slip of the pen: two letters, in a long word a third of
/// them, in a very short one a single letter.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
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

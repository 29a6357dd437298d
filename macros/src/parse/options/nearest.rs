//! The word a misspelt one was probably meant to be.

/// The nearest of `known` to `word`, if it is near enough to be a slip of the pen: two letters, in a long word a third of
/// them, in a very short one a single letter.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, best) = known.iter().map(|known| (distance(word, known), *known)).min()?;
    let letters = word.chars().count();
    let most = if letters < 4 { 1 } else { (letters / 3).max(2) };
    (distance <= most).then_some(best)
}

/// Letters to add, remove or change until one word is the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in to.chars().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.chars().count()]
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

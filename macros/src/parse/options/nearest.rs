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
    let (distance, best) = known.iter().map(|known| (slips(word, known), *known)).min()?;
    let letters = word.chars().count();
    let most = if letters < 4 { 1 } else { (letters / 3).max(2) };
    (distance <= most).then_some(best)
}

/// Letters to insert, delete, replace, or swap with their neighbours, to get from one word to the other. The words are
/// those of an attribute: short enough for a table of all beginnings.
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut table: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = table[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let is_swap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            let swapped = if is_swap { table[i - 2][j - 2] + 1 } else { replaced };
            row.push(replaced.min(swapped).min(table[i - 1][j] + 1).min(row[j - 1] + 1));
        }
        table.push(row);
    }
    table[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest, slips};

    #[test]
    fn slips_of_the_pen_are_counted_as_one_each() {
        for (from, to, count) in [
            ("key", "key", 0),
            ("", "key", 3),
            ("kye", "key", 1),
            ("kez", "key", 1),
            ("keyy", "key", 1),
            ("nmae", "name", 1),
        ] {
            assert_eq!((slips(from, to), slips(to, from)), (count, count), "{from} and {to}");
        }
    }

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

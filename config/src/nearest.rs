//! Which key was probably meant.

/// Longer names are not compared: nobody mistypes them, and the comparison takes the product of both lengths.
const COMPARED_MAX: usize = 64;

/// The candidate that differs least, if at most a third of the letters differ.
pub(crate) fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if wrong.len() > COMPARED_MAX {
        return None;
    }
    let wrong = plain(wrong);
    let distances = candidates.into_iter().filter(|candidate| candidate.len() <= COMPARED_MAX).map(|candidate| {
        let longer = wrong.chars().count().max(candidate.chars().count());
        // Of a key of one letter, another letter is all of it.
        let limit = longer.div_ceil(3).min(longer.saturating_sub(1));
        (strsim::damerau_levenshtein(&wrong, &plain(candidate)), limit, candidate)
    });
    let near = distances.filter(|(distance, limit, _)| distance <= limit);
    near.min_by_key(|(distance, ..)| *distance).map(|(.., candidate)| candidate.to_owned())
}

/// Letters in one case and one kind of separator: `MaxItems`, `max-items` and `max_items` are near.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let keys = ["limit", "hosts", "max_items"];
        assert_eq!(nearest("limt", keys).as_deref(), Some("limit"));
        assert_eq!(nearest("ilmit", keys).as_deref(), Some("limit"));
        assert_eq!(nearest("Max-Item", keys).as_deref(), Some("max_items"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest("a", ["b", "c"]), None);
    }
}

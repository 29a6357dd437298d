//! The names of services.

/// Checks a service's name: lower-case words of letters, digits and `_`, joined by dots.
///
/// # Errors
/// What is wrong, as the end of a sentence, with the nearest good name if there is one.
pub fn check(name: &str) -> Result<(), String> {
    if name.split('.').all(is_word) {
        return Ok(());
    }
    let rule = "is not a name: write lower-case words of letters, digits and `_`, joined by `.`";
    let proposal = name.split(['.', '/', ':']).filter(|word| !word.is_empty()).map(snake).collect::<Vec<_>>().join(".");
    if proposal.split('.').all(is_word) {
        Err(format!("{rule}, such as `{proposal}`"))
    } else {
        Err(format!("{rule}, such as `billing.invoice`"))
    }
}

/// The name of a type or function as a service's name: `HttpCache` becomes `http_cache`, `HTTPServer` `http_server`.
pub fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let begins_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                let lower_follows = letters.get(at + 1).is_some_and(|after| after.is_lowercase());
                before.is_lowercase() || before.is_ascii_digit() || (before.is_uppercase() && lower_follows)
            });
        if begins_word {
            out.push('_');
        }
        match letter {
            '-' | ' ' => out.push('_'),
            letter => out.extend(letter.to_lowercase()),
        }
    }
    out
}

/// The name of a function as a type's name: `say_hello` becomes `SayHello`.
pub fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split('_').filter_map(capital).collect()
}

fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_'))
}

#[cfg(test)]
mod tests {
    use super::{camel, check, snake};

    #[test]
    fn names_are_lower_case_words() {
        for good in ["counter", "a", "billing.invoice_2", "a.b.c"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "2a", "_a", "a-b", "Counter", "a b", "größe"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bad_name_comes_with_a_good_one() {
        for (bad, good) in [("Counter", "`counter`"), ("a-b", "`a_b`"), ("a::B", "`a.b`"), ("2", "`billing.invoice`")] {
            assert!(check(bad).is_err_and(|words| words.ends_with(good)), "{bad}");
        }
    }

    #[test]
    fn types_become_names_and_functions_become_types() {
        for (name, snaked) in [("Counter", "counter"), ("HttpCache", "http_cache"), ("HTTPServer", "http_server")] {
            assert_eq!(snake(name), snaked);
        }
        assert_eq!(snake("Utf8Text"), "utf8_text");
        assert_eq!(snake("ABC"), "abc");
        assert_eq!(camel("say_hello"), "SayHello");
        assert_eq!(camel("_greet"), "Greet");
    }
}

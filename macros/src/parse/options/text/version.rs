//! The versions of services.

/// Completes a semantic version: `1.2` becomes `1.2.0`. Pre-release and build parts stay as they are.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn complete(text: &str) -> Result<String, String> {
    let (numbers, rest) = text.find(['-', '+']).map_or((text, ""), |at| text.split_at(at));
    let numbers: Vec<&str> = numbers.split('.').collect();
    if numbers.iter().any(|number| !is_number(number)) {
        return Err("is not a version: write numbers without leading zeros, such as `1.0` or `1.2.3`".into());
    }
    match numbers.len() {
        2 if rest.is_empty() => Ok(format!("{text}.0")),
        3 if is_suffix(rest) => Ok(text.to_owned()),
        2 | 3 => Err("is not a version: what follows the numbers is `-alpha.1` or `+build.7`, after all three".into()),
        count => Err(format!("has {count} parts; a version has two or three, such as `1.0` or `1.2.3`")),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number.to_string() == text)
}

/// Nothing, `-pre.1`, `+build.1` or `-pre.1+build.1`.
fn is_suffix(rest: &str) -> bool {
    let (pre, build) = rest.split_once('+').map_or((rest, None), |(pre, build)| (pre, Some(build)));
    let pre_is_good = pre.is_empty() || pre.strip_prefix('-').is_some_and(are_identifiers);
    pre_is_good && build.is_none_or(are_identifiers)
}

fn are_identifiers(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn versions_are_completed() {
        for (text, version) in [("1.0", "1.0.0"), ("0.12", "0.12.0"), ("1.2.3", "1.2.3"), ("1.0.0-rc.1", "1.0.0-rc.1")]
        {
            assert_eq!(complete(text).as_deref(), Ok(version));
        }
        assert_eq!(complete("1.0.0+b7").as_deref(), Ok("1.0.0+b7"));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for bad in ["", "1", "v1.0", "1.0.0.0", "01.0", "1.x", "1.0-rc", "1.0.0-", "1.0.0+", "1..0", " 1.0", "1.-1"] {
            assert!(complete(bad).is_err(), "{bad}");
        }
    }
}

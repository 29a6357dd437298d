//! Which versions of a service go together.

use crate::error::NotRun;

/// Whether who was compiled with version `wanted` of a service may call version `found`.
///
/// Two versions go together if the first of their numbers that is not 0 is the same: of 1.4.0 and 1.2.7 either may call
/// the other, and of 0.3.1 and 0.3.0. What a newer caller says that an older service does not know is passed over, and
/// a method that it does not have is refused when it is called: so nodes can be replaced one by one, in any order.
///
/// # Errors
/// [`NotRun::Contract`], with both.
pub fn check_contract(service: &str, wanted: &str, found: &str) -> Result<(), NotRun> {
    let is_kept = contract(wanted).is_some_and(|wanted| Some(wanted) == contract(found));
    if is_kept { Ok(()) } else { Err(NotRun::contract(service, wanted, found)) }
}

/// What of a version is the same in all that go together: how many of its numbers are 0, and the first that is not.
fn contract(version: &str) -> Option<(usize, u64)> {
    let numbers = version.split(['-', '+']).next()?.split('.').map(|number| number.parse().ok());
    let numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
    let [major, minor, patch] = numbers[..] else { return None };
    match (major, minor) {
        (0, 0) => Some((2, patch)),
        (0, _) => Some((1, minor)),
        _ => Some((0, major)),
    }
}

#[cfg(test)]
mod tests {
    use super::contract;

    #[test]
    fn versions_go_together_up_to_the_first_number_that_is_not_0() {
        for (one, other, together) in [
            ("1.2.3", "1.9.0", true),
            ("1.2.3", "2.2.3", false),
            ("0.3.1", "0.3.9", true),
            ("0.3.1", "0.4.1", false),
            ("0.0.1", "0.0.2", false),
            ("0.1.0", "1.0.0", false),
            ("1.0.0-beta.1", "1.0.0+build", true),
        ] {
            assert_eq!(contract(one) == contract(other), together, "{one} and {other}");
        }
    }

    #[test]
    fn what_is_no_version_goes_with_nothing() {
        for text in ["", "1", "1.2", "1.2.3.4", "a.b.c", "-1.0.0"] {
            assert_eq!(contract(text), None, "{text}");
        }
    }
}

//! Durations in words.

/// The milliseconds of a number and a unit: `500ms`, `30s`, `10m`, `24h`, `7d`.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn milliseconds(text: &str) -> Result<u64, String> {
    let (number, unit) = text.find(|c: char| !c.is_ascii_digit()).map_or((text, ""), |at| text.split_at(at));
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("is not a duration: write a whole number and `ms`, `s`, `m`, `h` or `d`, such as `10m`".into()),
    };
    let number: u64 = number.parse().map_err(|_| "has no number before its unit; write it as `10m`".to_owned())?;
    match number.checked_mul(factor) {
        Some(0) => Err("is no time at all; leave the option out to keep the node's setting".into()),
        Some(milliseconds) => Ok(milliseconds),
        None => Err("is longer than the clock counts; leave the option out".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn a_number_and_a_unit_are_a_duration() {
        for (text, expected) in
            [("500ms", 500), ("30s", 30_000), ("10m", 600_000), ("24h", 86_400_000), ("1d", 86_400_000)]
        {
            assert_eq!(milliseconds(text), Ok(expected));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in
            ["", "10", "m", "10 m", "1.5h", "-1s", "10min", "0s", "99999999999999999999s", "18446744073709551615d"]
        {
            assert!(milliseconds(bad).is_err(), "{bad}");
        }
    }
}

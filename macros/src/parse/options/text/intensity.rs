//! How many restarts are allowed, in words.

use crate::ir::Intensity;
use crate::parse::options::text::duration;

/// A number of restarts and the time in which they are allowed: `5 in 10s`.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn read(text: &str) -> Result<Intensity, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [number, "in", time] = words[..] else { return Err(form()) };
    let restarts = number.parse().map_err(|_| form())?;
    let within_ms = duration::milliseconds(time).map_err(|why| format!("is wrong after `in`: `{time}` {why}"))?;
    Ok(Intensity { restarts, within_ms })
}

fn form() -> String {
    "is not a number of restarts within a time; write it as `5 in 10s`".into()
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::ir::Intensity;

    #[test]
    fn a_number_in_a_time_is_an_intensity() {
        assert_eq!(read("5 in 10s"), Ok(Intensity { restarts: 5, within_ms: 10_000 }));
        assert_eq!(read("0  in 1m"), Ok(Intensity { restarts: 0, within_ms: 60_000 }));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in
            ["", "5", "5 in", "in 10s", "5 per 10s", "five in 10s", "-1 in 10s", "5 in 10", "5 in 10 s", "5 in 0s"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}

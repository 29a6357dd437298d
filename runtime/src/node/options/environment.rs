//! Options from environment variables.

use std::ffi::OsString;
use std::str::FromStr;
use std::time::Duration;

use super::Options;
use crate::error::StartError;
use crate::telemetry::Telemetry;

/// Overwrites options with the variables that are set.
pub(crate) fn apply(options: &mut Options, variable: impl Fn(&str) -> Option<OsString>) -> Result<(), StartError> {
    if let Some(name) = text("CONSORT_NAME", &variable)? {
        options.name = name;
    }
    if let Some(messages) = number::<std::num::NonZeroU32>("CONSORT_MAILBOX", &variable)? {
        options.mailbox = messages.get();
    }
    if let Some(bytes) = number::<std::num::NonZeroU64>("CONSORT_MAILBOX_BYTES", &variable)? {
        options.mailbox_bytes = bytes.get();
    }
    if let Some(seconds) = number::<std::num::NonZeroU32>("CONSORT_IDLE", &variable)? {
        options.idle = Duration::from_secs(seconds.get().into());
    }
    if let Some(seconds) = number::<u32>("CONSORT_DRAIN", &variable)? {
        options.drain = Duration::from_secs(seconds.into());
    }
    if let Some(names) = text("CONSORT_KEEP_ALIVE", &variable)? {
        options.kept = names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    }
    if let Some(seconds) = number::<std::num::NonZeroU32>("CONSORT_KEEP_ALIVE_SECONDS", &variable)? {
        options.keep_alive = Duration::from_secs(seconds.get().into());
    }
    if let Some(millis) = number::<std::num::NonZeroU32>("CONSORT_BEAT", &variable)? {
        options.beat = Duration::from_millis(millis.get().into());
    }
    if let Some(on) = switch("CONSORT_TELEMETRY", &variable)? {
        options.telemetry = if on { Telemetry::on() } else { Telemetry::off() };
    }
    Ok(())
}

fn text(name: &'static str, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<String>, StartError> {
    let Some(value) = variable(name) else { return Ok(None) };
    value.into_string().map(Some).map_err(|value| StartError::Environment {
        variable: name.to_owned(),
        value: value.to_string_lossy().into_owned(),
        reason: "it is not UTF-8".into(),
    })
}

fn number<T: FromStr>(name: &'static str, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<T>, StartError>
where
    T::Err: std::fmt::Display,
{
    let Some(value) = text(name, variable)? else { return Ok(None) };
    value.parse().map(Some).map_err(|error: T::Err| StartError::Environment {
        variable: name.to_owned(),
        reason: format!("a whole number is wanted: {error}"),
        value,
    })
}

fn switch(name: &'static str, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<bool>, StartError> {
    let Some(value) = text(name, variable)? else { return Ok(None) };
    match value.as_str() {
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        _ => {
            Err(StartError::Environment { variable: name.to_owned(), reason: "`on` or `off` is wanted".into(), value })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> Result<Options, StartError> {
        let mut options = Options::default();
        apply(&mut options, |asked| (asked == name).then(|| value.into()))?;
        Ok(options)
    }

    #[test]
    fn a_variable_overrides_the_default() {
        assert_eq!(with("CONSORT_MAILBOX", "7").unwrap().mailbox, 7);
        assert_eq!(with("CONSORT_IDLE", "3").unwrap().idle, Duration::from_secs(3));
        assert_eq!(with("CONSORT_BEAT", "250").unwrap().beat, Duration::from_millis(250));
        assert_eq!(with("CONSORT_NAME", "left").unwrap().name, "left");
        assert!(with("CONSORT_TELEMETRY", "on").unwrap().telemetry.on);
        assert!(!with("CONSORT_TELEMETRY", "off").unwrap().telemetry.on);
        assert_eq!(with("CONSORT_KEEP_ALIVE", "mailer, cart").unwrap().kept, ["mailer", "cart"]);
        assert_eq!(with("CONSORT_KEEP_ALIVE_SECONDS", "3").unwrap().keep_alive, Duration::from_secs(3));
    }

    #[test]
    fn a_malformed_variable_is_named_with_its_value() {
        for bad in ["0", "-1", "many", ""] {
            let error = with("CONSORT_MAILBOX", bad).unwrap_err().to_string();
            assert!(error.contains("CONSORT_MAILBOX") && error.contains(bad), "{error}");
        }
        let error = with("CONSORT_TELEMETRY", "yes").unwrap_err().to_string();
        assert!(error.contains("CONSORT_TELEMETRY=\"yes\": `on` or `off` is wanted"), "{error}");
    }
}

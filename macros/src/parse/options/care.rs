//! How a service is looked after: `enabled`, `restart`, `restarts`, `progress`, `limit`.

use crate::ir::{Care, Intensity, Restart};
use crate::parse::error::Errors;
use crate::parse::options::list::Given;
use crate::parse::options::nearest::correction;
use crate::parse::options::service::{Options, checked};
use crate::parse::options::text::{duration, intensity};
use syn::Result;

const POLICIES: [(&str, Restart); 3] =
    [("permanent", Restart::Permanent), ("transient", Restart::Transient), ("temporary", Restart::Temporary)];

/// Reads what was said of it. What could not be read has its default.
pub fn read(options: &Options, errors: &mut Errors) -> Care {
    let care = Care {
        enabled: options.value("enabled", Given::choice, errors).unwrap_or(true),
        restart: options.value("restart", restart, errors).unwrap_or(Restart::Permanent),
        intensity: options.value("restarts", restarts, errors),
        progress_ms: options.value("progress", progress, errors),
        limit: options.value("limit", |option| option.count(64), errors),
    };
    if let (Restart::Temporary, Some(option)) = (care.restart, options.find("restarts")) {
        let message = "`restart = \"temporary\"` never starts an actor again, so there are no restarts to count; \
                       remove `restarts`, or write `restart = \"transient\"`";
        errors.at(&option.name, message);
    }
    care
}

fn restart(option: &Given) -> Result<Restart> {
    let names = POLICIES.map(|(name, _)| name);
    checked(option.text("transient")?, |text| {
        let found = POLICIES.into_iter().find(|(name, _)| *name == text);
        found.map(|(_, policy)| policy).ok_or_else(|| format!("is no restart policy{}", correction(text, &names)))
    })
}

fn restarts(option: &Given) -> Result<Intensity> {
    checked(option.text("5 in 10s")?, intensity::read)
}

/// The milliseconds of a deadline; 0 for `never`.
fn progress(option: &Given) -> Result<u64> {
    checked(option.text("5s")?, |text| match text {
        "never" => Ok(0),
        text => duration::milliseconds(text).map_err(|why| format!("{why}, or write `never`")),
    })
}

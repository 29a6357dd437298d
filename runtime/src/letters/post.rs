//! How a message becomes a letter.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tracing::Level;

use super::store::Text;
use super::{DeadLetter, Obstacle};
use crate::dynamic;
use crate::events::Happened;
use crate::node::Kind;
use crate::service::Service;
use crate::wire::NotWritten;

/// Bytes of one letter's arguments as JSON, as of a call by names: 1 MiB. So one letter cannot push out all others.
const LETTER_BYTES_MAX: usize = 1 << 20;

/// Bytes of a reason: a panic may say anything.
const REASON_MAX: usize = 1 << 10;

/// A message that was not delivered, or whose handler did not come to its end.
pub(crate) struct Undelivered<'a> {
    pub(crate) path: Arc<str>,
    /// Its actor was spawned.
    pub(crate) spawned: bool,
    pub(crate) method: &'static str,
    pub(crate) arguments: Remains<'a>,
    /// The error's text, with its code.
    pub(crate) reason: String,
    pub(crate) crashes: u32,
    /// The caller's id that is refused while the letter is here.
    pub(crate) parked: Option<u128>,
}

/// What is left of a message's arguments.
pub(crate) enum Remains<'a> {
    /// All.
    Here(&'a dyn Any),
    /// What was written down before the handler took them.
    Written(Text),
    /// Nothing: the handler took them.
    Gone,
}

/// Puts a message into the node's dead letters, and says so; returns its number there.
#[cold]
pub(crate) fn post<S: Service>(kind: &Kind<S>, message: Undelivered<'_>) -> u64 {
    let Undelivered { path, spawned, method, arguments, reason, crashes, parked } = message;
    let text = match arguments {
        Remains::Here(arguments) => write_down::<S>(method, arguments),
        Remains::Written(text) => text,
        Remains::Gone => Err(if S::INFO.local { Obstacle::Local } else { Obstacle::Gone }),
    };
    let reason: Arc<str> = cut(reason).into();
    let letter = DeadLetter {
        number: 0,
        service: S::INFO.name,
        path: path.clone(),
        method,
        arguments: None,
        reason: reason.clone(),
        crashes,
        at: kind.common.now().since_start(),
        obstacle: spawned.then_some(Obstacle::Spawned),
    };
    let number = kind.common.letters.insert(letter, text, parked);
    if parked.is_some() {
        kind.suspects.look_out();
    }
    kind.say(Level::WARN, || {
        tracing::warn!(service = S::INFO.name, %path, method, letter = number, %reason, "a message is a dead letter");
    });
    kind.tell(Some(path), || Happened::DeadLetter { letter: number, method, reason });
    number
}

/// The arguments of a message as JSON.
pub(crate) fn write_down<S: Service>(method: &str, arguments: &dyn Any) -> Text {
    // a type's own `Serialize` may do anything
    let written = catch_unwind(AssertUnwindSafe(|| dynamic::write_down::<S>(method, arguments, LETTER_BYTES_MAX)));
    match written {
        Ok(Some(Ok(text))) => Ok(text.into()),
        Ok(None) => Err(Obstacle::Local),
        Ok(Some(Err(NotWritten::TooLarge))) => Err(Obstacle::TooLarge),
        Ok(Some(Err(NotWritten::NotJson))) | Err(_) => Err(Obstacle::NotJson),
    }
}

/// The text, in 1 KiB at most; its code at the end stays.
fn cut(reason: String) -> String {
    if reason.len() <= REASON_MAX {
        return reason;
    }
    let code = reason.rfind('[').filter(|at| reason.len() - at < 16).unwrap_or(reason.len());
    let room = REASON_MAX - (reason.len() - code) - "… ".len();
    format!("{}… {}", &reason[..reason.floor_char_boundary(room)], &reason[code..])
}

#[cfg(test)]
mod tests {
    use super::{REASON_MAX, cut};

    #[test]
    fn a_long_reason_is_cut_and_keeps_its_code() {
        let short = format!("{} [C0020]", "x".repeat(REASON_MAX - 8));
        assert_eq!(cut(short.clone()), short);
        let long = cut(format!("{} [C0020]", "ü".repeat(REASON_MAX)));
        assert!(long.len() <= REASON_MAX && long.ends_with("ü… [C0020]"), "{long}");
        assert!(cut("y".repeat(2 * REASON_MAX)).ends_with("y… "));
    }
}

use super::Failure;
use crate::cluster::NodeId;
use crate::cluster::frames::Kind;

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The handler returned this, as msgpack; nothing for a tell that was taken in.
    Ok(&'a [u8]),
    /// The handler ran and refused, with this error of the service as msgpack.
    App(&'a [u8]),
    /// The call did not run.
    NotRun {
        /// The same call can succeed later by itself. Said here since a caller of another version may not know the error.
        is_retryable: bool,
        /// Why.
        failure: Failure<'a>,
    },
    /// The call may have run.
    Unknown(Failure<'a>),
    /// The call did not run: the slot lives elsewhere. If the reply's epoch is later than the caller's, the caller has to
    /// learn the new table, else the node that answered had to.
    NotOwner {
        /// Who owns it, if that is known.
        hint: Option<NodeId>,
    },
    /// The call did not run: the service is served in a version that does not have this contract.
    Contract {
        /// The service.
        service: &'a str,
        /// The version that the caller was compiled with.
        wanted: &'a str,
        /// The version that is served.
        served: &'a str,
    },
}

impl<'a> Outcome<'a> {
    /// What stands at the end of its frame.
    #[inline]
    pub(in crate::cluster::frames) const fn body(&self) -> &'a [u8] {
        match self {
            Outcome::Ok(body) | Outcome::App(body) => body,
            Outcome::NotRun { failure, .. } | Outcome::Unknown(failure) => failure.body,
            Outcome::NotOwner { .. } | Outcome::Contract { .. } => &[],
        }
    }

    /// The kind of its frame.
    #[inline]
    pub const fn kind(&self) -> Kind {
        match self {
            Outcome::Ok(_) => Kind::Ok,
            Outcome::App(_) => Kind::App,
            Outcome::NotRun { .. } => Kind::NotRun,
            Outcome::Unknown(_) => Kind::Unknown,
            Outcome::NotOwner { .. } => Kind::NotOwner,
            Outcome::Contract { .. } => Kind::Contract,
        }
    }
}

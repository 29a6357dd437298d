//! What a handler returns.

use crate::parse::error::Errors;
use crate::parse::types::{self, Flaw};
use syn::{ReturnType, Type, parse_quote};

/// A reply, and the error of a method that can refuse.
pub struct Reply {
    /// What it replies.
    pub reply: Type,
    /// What it refuses with.
    pub error: Option<Type>,
}

/// Reads a return type: `Result<T, E>` by any path is a reply `T` and an error `E`, everything else is a reply.
///
/// An alias such as `io::Result<T>` hides its error type from a macro. Taken as a plain reply it would give callers a
/// `Result` in a `Result`, so it is refused.
pub fn reply(output: &ReturnType, this: Option<&Type>, errors: &mut Errors) -> Option<Reply> {
    let ty: Type = match output {
        ReturnType::Default => return Some(Reply { reply: parse_quote!(()), error: None }),
        ReturnType::Type(_, ty) => this.map_or_else(|| (**ty).clone(), |this| types::without_self(ty, this)),
    };
    let Some((flaw, place)) = types::flaw(&ty) else { return split(ty, errors) };
    let message = match flaw {
        Flaw::Borrowed => "a reply is owned, because it may travel to another task or process; use an owned type",
        Flaw::Anonymous => "a reply has one type, because it may travel to another process; write the type out",
    };
    errors.at(place, message);
    None
}

fn split(ty: Type, errors: &mut Errors) -> Option<Reply> {
    let Some(segment) = types::last_segment(&ty).filter(|segment| segment.ident == "Result") else {
        return Some(Reply { reply: ty, error: None });
    };
    if let [reply, error] = types::type_arguments(segment)[..] {
        return Some(Reply { reply: reply.clone(), error: Some(error.clone()) });
    }
    errors.at(&ty, "the error is part of the contract; write both types out: `Result<T, E>`");
    None
}

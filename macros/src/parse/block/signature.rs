//! What no signature of ours may have.

use crate::parse::error::Errors;
use syn::{Safety, Signature};

/// Whether `signature` is a plain `async fn`. `what` says what it is of ours: "a handler", "a hook".
pub fn is_plain(signature: &Signature, what: &str, errors: &mut Errors) -> bool {
    let mut plain = true;
    let mut refuse = |place: &dyn quote::ToTokens, why: &str| {
        errors.at(place, format_args!("{what} {why}"));
        plain = false;
    };
    if !signature.generics.params.is_empty() {
        refuse(
            &signature.generics,
            "is not generic: it has one contract; write out the types, or make the service generic",
        );
    } else if let Some(clause) = &signature.generics.where_clause {
        refuse(clause, "has no `where` clause; put it on the `impl` block");
    }
    if let Safety::Unsafe(word) = &signature.safety {
        refuse(word, "is not `unsafe`: its callers cannot uphold anything; check the arguments in it instead");
    }
    if let Some(abi) = &signature.abi {
        refuse(abi, "has no ABI of its own; remove it");
    }
    if let Some(variadic) = &signature.variadic {
        refuse(variadic, "has a fixed number of arguments; take a `Vec` instead");
    }
    plain
}

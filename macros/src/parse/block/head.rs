//! `impl<T> Cache<T>`: the type that is the service.

use crate::parse::error::Errors;
use crate::parse::types;
use proc_macro2::Ident;
use syn::{GenericArgument, GenericParam, ItemImpl, PathArguments};

/// The name of the type, if the block can be a service.
pub fn type_name(block: &ItemImpl, errors: &mut Errors) -> Option<Ident> {
    if let Some((path, _)) = &block.trait_ {
        let message = "`#[service]` stands on an `impl` block of the type itself, not of a trait; \
                       write the methods that are to be called as `pub async fn` in `impl` without a trait";
        errors.at(path, message);
        return None;
    }
    let Some(segment) = types::last_segment(&block.self_ty) else {
        errors.at(&block.self_ty, "a service is a struct or an enum of your own, named by its path");
        return None;
    };
    let mut owns_all = true;
    let mut refuse = |place: &dyn quote::ToTokens| {
        errors.at(place, "a service owns what it holds, because it lives longer than any caller; remove the lifetime");
        owns_all = false;
    };
    for parameter in &block.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            refuse(lifetime);
        }
    }
    // A lifetime that the block declares is reported where it is declared.
    if let (PathArguments::AngleBracketed(arguments), true) =
        (&segment.arguments, block.generics.lifetimes().count() == 0)
    {
        for argument in &arguments.args {
            if matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident != "static") {
                refuse(argument);
            }
        }
    }
    owns_all.then(|| segment.ident.clone())
}

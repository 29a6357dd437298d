//! The arguments of a handler.

use crate::ir::Argument;
use crate::parse::error::Errors;
use crate::parse::types::{self, Flaw};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, Pat, PatIdent, PatType, Signature, Type};

/// What a handler takes beside `self`.
pub struct Arguments {
    /// `cx: &Cx` comes first.
    pub context: bool,
    /// The others, in order.
    pub list: Vec<Argument>,
}

/// Reads the arguments after `self`; nothing if one of them is wrong.
pub fn arguments(signature: &Signature, this: Option<&Type>, errors: &mut Errors) -> Option<Arguments> {
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let mut arguments = Arguments { context: false, list: Vec::new() };
    let mut complete = true;
    for (at, typed) in typed.enumerate() {
        if at == 0 && is_context(&typed.ty) {
            arguments.context = true;
            continue;
        }
        match argument(typed, this, errors) {
            Some(argument) => arguments.list.push(argument),
            None => complete = false,
        }
    }
    // The compiler reports a name that is there twice; the generated code must not make it do so again.
    let names = || arguments.list.iter().map(|argument| &argument.name);
    let distinct = names().enumerate().all(|(at, name)| names().take(at).all(|earlier| earlier != name));
    (complete && distinct).then_some(arguments)
}

/// Whether `ty` is `&Cx`.
pub fn is_context(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none() && names_context(&reference.elem))
}

fn names_context(ty: &Type) -> bool {
    types::last_segment(ty).is_some_and(|segment| segment.ident == "Cx" && segment.arguments.is_none())
}

fn argument(typed: &PatType, this: Option<&Type>, errors: &mut Errors) -> Option<Argument> {
    if let Some(condition) = typed.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        errors.at(
            condition,
            "an argument is always there: callers may be built with other features; move the `cfg` to the method",
        );
        return None;
    }
    let name = name(&typed.pat, errors);
    let fits = fits(&typed.ty, errors);
    let ty = this.map_or_else(|| (*typed.ty).clone(), |this| types::without_self(&typed.ty, this));
    name.filter(|_| fits).map(|name| Argument { name, ty })
}

fn name(pattern: &Pat, errors: &mut Errors) -> Option<proc_macro2::Ident> {
    match pattern {
        Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. }) => Some(ident.clone()),
        Pat::Wild(_) => {
            errors.at(pattern, "an argument has a name, because callers may give it by name; call it `_unused`");
            None
        }
        _ => {
            let message = "an argument has a plain name, because callers may give it by name; \
                           take it apart in the body: `let … = name;`";
            errors.at(pattern, message);
            None
        }
    }
}

fn fits(ty: &Type, errors: &mut Errors) -> bool {
    if is_context(ty) {
        errors.at(ty, "the context comes first: write `cx: &Cx` directly after `self`");
    } else if names_context(referent(ty)) {
        errors.at(ty, "the context is lent and read only: write `cx: &Cx`");
    } else if let Some((flaw, place)) = types::flaw(ty) {
        let message = match flaw {
            Flaw::Anonymous => {
                "an argument has one type, because callers may be in another process; write the type out".into()
            }
            Flaw::Borrowed => {
                format!("an argument is owned, because it may travel to another task or process; {}", cure(ty))
            }
        };
        errors.at(place, message);
    } else {
        return true;
    }
    false
}

fn referent(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => &reference.elem,
        ty => ty,
    }
}

/// What to write instead of a borrowed type.
fn cure(ty: &Type) -> String {
    let Type::Reference(reference) = ty else { return "use an owned type".into() };
    let owned = match &*reference.elem {
        _ if reference.mutability.is_some() => return "take it by value and reply with the changed one".into(),
        elem if types::last_segment(elem).is_some_and(|last| last.ident == "str") => "String".into(),
        Type::Slice(slice) => format!("Vec<{}>", words(&slice.elem)),
        elem => words(elem),
    };
    format!("write `{owned}`")
}

/// A type as the user wrote it, where the source is at hand.
fn words(ty: &Type) -> String {
    ty.span().source_text().unwrap_or_else(|| ty.to_token_stream().to_string())
}

//! The user's attributes: which go on generated code, and what they say.

use crate::ir::Carried;
use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaNameValue, Token, parse_quote};

/// The text of the `///` lines, without the space each begins with.
pub fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. })
            if path.is_ident("doc") =>
        {
            Some(text.value())
        }
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    lines.join("\n").trim().to_owned()
}

/// The attributes of a handler that generated code carries too. All others (`#[instrument]`, lints) concern the body,
/// which stays where it is.
pub fn carried(attributes: &[Attribute]) -> Carried {
    let mut carried = Carried::default();
    for attribute in attributes {
        if is_condition(attribute.path()) {
            carried.conditions.push(attribute.clone());
        } else if is_words(attribute.path()) {
            carried.words.push(attribute.clone());
        } else if attribute.path().is_ident("cfg_attr") {
            conditional(attribute, &mut carried);
        }
    }
    carried
}

/// The `cfg`s among `attributes`.
pub fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    carried(attributes).conditions
}

fn is_condition(path: &syn::Path) -> bool {
    path.is_ident("cfg")
}

fn is_words(path: &syn::Path) -> bool {
    ["doc", "deprecated", "must_use"].iter().any(|name| path.is_ident(name))
}

/// `cfg_attr(condition, a, b)` with those of `a` and `b` that are carried.
fn conditional(attribute: &Attribute, carried: &mut Carried) {
    let Meta::List(list) = &attribute.meta else { return };
    // What cannot be read is the compiler's to report: the attribute is still on the user's method.
    let Ok(parts) = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone()) else { return };
    let mut parts = parts.into_iter();
    let Some(condition) = parts.next() else { return };
    for part in parts {
        if is_condition(part.path()) {
            carried.conditions.push(parse_quote!(#[cfg_attr(#condition, #part)]));
        } else if is_words(part.path()) {
            carried.words.push(parse_quote!(#[cfg_attr(#condition, #part)]));
        }
    }
}

/// What stands in the parentheses of a `cfg`.
pub fn predicate(condition: &Attribute) -> Option<TokenStream> {
    match &condition.meta {
        Meta::List(list) if is_condition(&list.path) => Some(list.tokens.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{carried, documentation};
    use syn::{Attribute, parse_quote};

    #[test]
    fn documentation_is_the_text_alone() {
        let attributes: Vec<Attribute> =
            vec![parse_quote!(#[doc = " Adds."]), parse_quote!(#[inline]), parse_quote!(#[doc = ""])];
        assert_eq!(documentation(&attributes), "Adds.");
    }

    #[test]
    fn only_what_concerns_callers_is_carried() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[cfg(unix)]),
            parse_quote!(#[tracing::instrument(skip(self))]),
            parse_quote!(#[deprecated]),
            parse_quote!(#[cfg_attr(unix, inline, doc = "x")]),
        ];
        let carried = carried(&attributes);
        assert_eq!((carried.conditions.len(), carried.words.len()), (1, 2));
    }
}

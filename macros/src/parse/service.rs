//! The item under `#[service]`.

use crate::ir;
use crate::parse::block;
use crate::parse::error::Errors;
use crate::parse::function;
use crate::parse::options::Options;
use proc_macro2::{Span, TokenStream};
use syn::Item;

/// Understands a service.
pub fn service(options: TokenStream, item: TokenStream) -> ir::Understood<ir::Service> {
    let mut errors = Errors::default();
    let options = Options::read(options, &mut errors);
    let (item, meaning) = match syn::parse2(item.clone()) {
        Ok(Item::Impl(block)) => block::read(block, options, &mut errors),
        Ok(Item::Fn(function)) => function::read(function, options, &mut errors),
        other => {
            errors.at_span(Span::call_site(), misplaced(other.ok().as_ref()));
            (item, None)
        }
    };
    ir::Understood { item, errors: errors.into_code(), meaning }
}

fn misplaced(item: Option<&Item>) -> String {
    let here = match item {
        Some(Item::Struct(ty)) => return move_to_impl(&ty.ident, "struct"),
        Some(Item::Enum(ty)) => return move_to_impl(&ty.ident, "enum"),
        Some(Item::Trait(_)) => "not on a trait: a service is one type; give its reference to those who need the trait",
        Some(Item::Mod(_)) => "not on a module; move it to the block inside",
        _ => "not here",
    };
    format!("`#[service]` stands on an `impl` block or on an `async fn`, {here}")
}

fn move_to_impl(name: &proc_macro2::Ident, kind: &str) -> String {
    format!(
        "`#[service]` stands on the `impl` block with the methods, not on the {kind}; move it to `impl {name} {{ … }}`"
    )
}

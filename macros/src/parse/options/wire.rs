//! The options of `#[wire(…)]`.

use crate::parse::error::Errors;
use crate::parse::options::list;
use proc_macro2::TokenStream;
use syn::{Path, parse_quote};

/// The path of the crate `consort`: `::consort` unless `crate = "path"` says otherwise.
pub fn wire_crate(tokens: TokenStream, errors: &mut Errors) -> Path {
    let given = list::read(tokens, "#[wire]", &["crate"], errors);
    let path = given.first().and_then(|option| errors.check(option.path()));
    path.unwrap_or_else(|| parse_quote!(::consort))
}

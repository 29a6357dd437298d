//! Where generated code says it stands.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The place of `user`, but known as generated: the compiler marks the user's code and its lints leave it alone.
pub fn at(user: Span) -> Span {
    Span::call_site().located_at(user)
}

/// `path` at `span`, so that an expression that begins with it is not marked from the attribute on.
pub fn moved(path: &syn::Path, span: Span) -> TokenStream {
    let tokens = path.to_token_stream().into_iter();
    let moved = tokens.map(|mut token| {
        token.set_span(span);
        token
    });
    moved.collect()
}

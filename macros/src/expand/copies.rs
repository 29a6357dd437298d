//! Copies of what a method was given and of what it returned.

use crate::expand::spans;
use crate::ir::{Argument, Handler};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Path};

/// `Method::REDELIVER` and `Method::keep`; nothing for a handler without `#[redeliver]`, which has the trait's own.
pub fn of_arguments(consort: &Path, handler: &Handler) -> Option<TokenStream> {
    let copies = handler.arguments.iter().enumerate().map(|(at, Argument { ty, .. })| {
        let at = Index::from(at);
        // At the type, where the compiler is to say that it is not `Clone`.
        quote_spanned!(spans::at(ty.span())=> #consort::__private::kept::<#ty>(&arguments.#at))
    });
    handler.redeliver.then(|| {
        quote! {
            const REDELIVER: bool = true;
            // a method without arguments looks at none
            #[allow(unused_variables)]
            fn keep(arguments: &Self::Args) -> ::core::option::Option<Self::Args> {
                ::core::option::Option::Some((#(#copies,)*))
            }
        }
    })
}

/// `Method::again`, also for a reply or an error that is not `Clone`.
pub fn of_outcome(consort: &Path) -> TokenStream {
    let outcome = quote!(::core::result::Result<Self::Reply, Self::Error>);
    quote! {
        fn again(returned: &#outcome) -> ::core::option::Option<#outcome> {
            // only what is not `Clone` falls back on it
            #[allow(unused_imports)]
            use #consort::__private::AgainFallback as _;
            (&#consort::__private::Returned(returned)).again()
        }
    }
}

//! Sums of weights, for the byte limit of a mailbox.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Index, Path};

/// `Method::weight`; nothing for a handler without arguments, which has the trait's own.
pub fn of_arguments(consort: &Path, count: usize) -> Option<TokenStream> {
    let arguments = (0..count).map(Index::from).map(|at| one(consort, &quote!(arguments.#at)));
    (count > 0).then(|| {
        quote! {
            fn weight(arguments: &Self::Args) -> usize {
                #[allow(unused_imports)]
                use #consort::__private::WeighFallback as _;
                0 #(+ #arguments)*
            }
        }
    })
}

/// The weight of one value, also of a type that is not `Weigh`.
pub fn one(consort: &Path, value: &TokenStream) -> TokenStream {
    quote!((&#consort::__private::Weighed(&#value)).weigh())
}

//! The configuration of a service.

use crate::expand::spans;
use crate::expand::{hooks, information};
use crate::ir::{HookKind, Service};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// `impl Configured`, if it has a config type.
pub fn implementation(service: &Service) -> Option<TokenStream> {
    let Service { consort, this, generics, config, .. } = service;
    let (parameters, _, clause) = generics.split_for_impl();
    let hooks = hooks::of_trait(service, |kind| kind == HookKind::Configured);
    let ty = config.as_ref()?;
    // What the type lacks is said where it was named.
    let associated = quote_spanned!(spans::at(ty.span())=> type Config = #ty;);
    Some(quote! {
        impl #parameters #consort::Configured for #this #clause {
            #associated
            #hooks
        }
    })
}

/// What `impl Service` says of it.
pub fn entry(service: &Service) -> Option<TokenStream> {
    let consort = &service.consort;
    let has_hook = information::is_there(service, HookKind::Configured);
    service.config.as_ref().map(|_| {
        quote! {
            fn config() -> ::core::option::Option<#consort::__private::ConfigEntry<Self>> {
                ::core::option::Option::Some(#consort::__private::ConfigEntry::new(#has_hook))
            }
        }
    })
}

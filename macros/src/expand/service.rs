//! `impl Service`, and everything else of a service.

use crate::expand::{config, hooks, information, methods, reference, serialized};
use crate::ir::{self, Understood};
use proc_macro2::TokenStream;
use quote::quote;

/// The user's item and all that is generated for it.
pub fn service(understood: Understood<ir::Service>) -> TokenStream {
    let Understood { item, errors, meaning } = understood;
    let generated = meaning.as_ref().map(generated);
    quote!(#item #errors #generated)
}

fn generated(service: &ir::Service) -> TokenStream {
    let reference = reference::reference(service);
    let implementation = implementation(service);
    let methods = methods::methods(service);
    // What is local is never written down: not its methods' types, nor a reference to it.
    let shared = (!service.info.local).then(|| serialized::reference(service));
    let configured = config::implementation(service);
    quote!(#reference #implementation #configured #methods #shared)
}

fn implementation(service: &ir::Service) -> TokenStream {
    let ir::Service { consort, this, reference, generics, .. } = service;
    let (parameters, arguments, clause) = generics.split_for_impl();
    let (information, key) = (information::information(service), information::key(service));
    let hooks = hooks::hooks(service);
    let entries = entries(service);
    let config = config::entry(service);
    quote! {
        impl #parameters #consort::Service for #this #clause {
            const INFO: #consort::ServiceInfo = #information;
            type Key = #key;
            type Ref = #reference #arguments;
            #hooks
            #config
            fn world() -> ::core::option::Option<&'static dyn #consort::remote::World> { #consort::__private::WORLD }
            fn methods() -> ::std::vec::Vec<#consort::__private::MethodEntry<Self>> {
                ::std::vec::Vec::from([#(#entries),*])
            }
        }
    }
}

fn entries(service: &ir::Service) -> impl Iterator<Item = TokenStream> {
    let consort = &service.consort;
    service.handlers.iter().enumerate().map(move |(number, handler)| {
        let conditions = &handler.attributes.conditions;
        quote!(#(#conditions)* #consort::__private::MethodEntry::of::<#number>())
    })
}

//! `CounterRef`: the reference, and the methods on it.

use crate::ir::{Argument, Handler, Service};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The struct, what it can do by itself, and a method for each handler.
pub fn reference(service: &Service) -> TokenStream {
    let (structure, methods, traits) = (structure(service), methods(service), traits(service));
    quote!(#structure #methods #traits)
}

/// The struct is generic over its service, which is always the default: the `impl` block does not tell whether the
/// service is public, and only this way may a public reference name a private service in its `Reference` impl.
fn structure(service: &Service) -> TokenStream {
    let Service { consort, this, reference, generics, .. } = service;
    let (parameters, clause) = (generics.params.iter(), &generics.where_clause);
    let phantom = generics.type_params().next().map(|_| quote!(, ::core::marker::PhantomData<fn() -> #this>));
    // No link: the service may be private, and this is not.
    let doc = format!("A reference to an actor of `{}`: names its key, and is cheap to clone.", this.to_token_stream());
    quote! {
        #[doc = #doc]
        #[allow(private_interfaces, private_bounds)]
        pub struct #reference<#(#parameters,)* __Service: #consort::Service = #this>(
            #consort::ActorRef<__Service> #phantom
        ) #clause;
    }
}

fn methods(service: &Service) -> TokenStream {
    let Service { reference, generics, handlers, .. } = service;
    let (parameters, arguments, clause) = generics.split_for_impl();
    let methods = handlers.iter().enumerate().map(|(number, handler)| method(service, number, handler));
    quote! {
        // A service may well be called by name alone.
        #[allow(unused)]
        impl #parameters #reference #arguments #clause {
            #(#methods)*
        }
    }
}

fn method(service: &Service, number: usize, handler: &Handler) -> TokenStream {
    let Service { consort, this, .. } = service;
    let Handler { name, attributes, .. } = handler;
    let (conditions, words) = (&attributes.conditions, &attributes.words);
    let fallback = handler.doc.is_empty().then(|| {
        let doc = format!("Calls `{name}`.");
        quote!(#[doc = #doc])
    });
    let parameters = handler.arguments.iter().map(|Argument { name, ty }| quote!(#name: #ty));
    let names = handler.arguments.iter().map(|argument| &argument.name);
    quote! {
        #(#conditions)*
        #fallback
        #(#words)*
        pub fn #name(&self #(, #parameters)*) -> #consort::Call<'_, #this, #number> {
            #consort::Call::new(&self.0, (#(#names,)*))
        }
    }
}

fn traits(service: &Service) -> TokenStream {
    let Service { consort, this, reference, generics, .. } = service;
    let (parameters, arguments, clause) = generics.split_for_impl();
    let phantom = generics.type_params().next().map(|_| quote!(, ::core::marker::PhantomData));
    quote! {
        impl #parameters ::core::clone::Clone for #reference #arguments #clause {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0) #phantom)
            }
        }
        impl #parameters ::core::fmt::Debug for #reference #arguments #clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl #parameters #consort::Reference for #reference #arguments #clause {
            type Service = #this;
            fn from_actor(actor: #consort::ActorRef<#this>) -> Self {
                Self(actor #phantom)
            }
            fn actor(&self) -> &#consort::ActorRef<#this> {
                &self.0
            }
        }
    }
}

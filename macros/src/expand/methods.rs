//! `impl Method<N>`: what runs for each handler.

use crate::expand::{copies, form, spans, weight};
use crate::ir::{Handler, Service, Target};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// An implementation for each handler.
pub fn methods(service: &Service) -> TokenStream {
    service.handlers.iter().enumerate().map(|(number, handler)| method(service, number, handler)).collect()
}

fn method(service: &Service, number: usize, handler: &Handler) -> TokenStream {
    let Service { consort, this, generics, .. } = service;
    let Handler { doc, shared, reply, .. } = handler;
    let (parameters, _, clause) = generics.split_for_impl();
    let conditions = &handler.attributes.conditions;
    let name = plain_name(&handler.name);
    let types: Vec<_> = handler.arguments.iter().map(|argument| &argument.ty).collect();
    // Where the compiler complains about a type that is not `Send`.
    let span = types.first().map_or(handler.name.span(), |ty| ty.span());
    let arguments = quote_spanned!(spans::at(span)=> (#(#types,)*));
    let error = error(service, handler);
    let (run, weight) = (run(service, handler), weight::of_arguments(consort, handler.arguments.len()));
    // What is local is never written down.
    let form = (!service.info.local).then(|| form::form(service, number, handler));
    let (kept, again) = (copies::of_arguments(consort, handler), copies::of_outcome(consort));
    quote! {
        #(#conditions)*
        impl #parameters #consort::Method<#number> for #this #clause {
            const NAME: &'static str = #name;
            const DOC: &'static str = #doc;
            const SHARED: bool = #shared;
            type Args = #arguments;
            type Reply = #reply;
            type Error = #error;
            #run
            #kept
            #again
            #form
            #weight
        }
    }
}

/// A name as others write it: without `r#`.
pub fn plain_name(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// The error type, also of a handler that cannot refuse.
fn error(service: &Service, handler: &Handler) -> TokenStream {
    let consort = &service.consort;
    handler.error.as_ref().map_or_else(|| quote!(#consort::Never), |error| quote!(#error))
}

fn run(service: &Service, handler: &Handler) -> TokenStream {
    let consort = &service.consort;
    let (reply, error) = (&handler.reply, error(service, handler));
    // The user's names stay out of this body: one of them could be `this` or `cx`.
    let names: Vec<_> = (0..handler.arguments.len()).map(|at| format_ident!("argument_{at}")).collect();
    let context = handler.context.then(|| quote!(&cx,));
    let call = match &handler.target {
        Target::Method => {
            let method = &handler.name;
            quote!(Self::#method(this, #context #(#names),*).await)
        }
        Target::Function(function) => quote!(#function(#context #(#names),*).await),
    };
    let outcome = if handler.error.is_some() { call } else { quote!(::core::result::Result::Ok(#call)) };
    let span = spans::at(handler.name.span());
    let future = quote_spanned! {span=>
        impl ::core::future::Future<Output = ::core::result::Result<#reply, #error>> + ::core::marker::Send + 'consort
    };
    let body = quote_spanned!(span=> async move { let _ = (&this, &cx); let (#(#names,)*) = arguments; #outcome });
    quote! {
        #[allow(deprecated, clippy::unit_arg)]
        fn call<'consort>(this: &'consort mut Self, cx: #consort::Cx, arguments: Self::Args) -> #future {
            #body
        }
    }
}

//! `impl WireMethod<N>`: calls by name.

use crate::expand::{methods, spans};
use crate::ir::{Handler, Service};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Type, parse_quote};

/// An implementation for each handler.
pub fn wire_methods(service: &Service) -> TokenStream {
    service.handlers.iter().enumerate().map(|(number, handler)| method(service, number, handler)).collect()
}

fn method(service: &Service, number: usize, handler: &Handler) -> TokenStream {
    let Service { consort, this, generics, .. } = service;
    let (parameters, _, clause) = generics.split_for_impl();
    let conditions = &handler.attributes.conditions;
    let names: Vec<_> = handler.arguments.iter().map(|argument| methods::plain_name(&argument.name)).collect();
    let form = form(consort, handler, &names);
    quote! {
        #(#conditions)*
        impl #parameters #consort::__private::WireMethod<#number> for #this #clause {
            const ARGUMENTS: &'static [&'static str] = &[#(#names),*];
            #[allow(unused_variables)]
            fn form() -> #consort::__private::WireForm<Self, #number> {
                #form
            }
        }
    }
}

/// All that needs the types to be `Wire`, in one body and each at the type in question: only so does the compiler say
/// once, and in the words of `Wire`, that one is not.
fn form(consort: &syn::Path, handler: &Handler, names: &[String]) -> TokenStream {
    let taken = handler.arguments.iter().zip(names).map(|(argument, name)| {
        let ty = &argument.ty;
        quote_spanned!(span(ty)=> #consort::__private::Arguments::take::<#ty>(arguments, #name)?)
    });
    let put = handler.arguments.iter().zip(names).enumerate().map(|(at, (argument, name))| {
        let (ty, at) = (&argument.ty, Index::from(at));
        quote_spanned!(span(ty)=> #consort::__private::Written::put::<#ty>(written, #name, &arguments.#at);)
    });
    let schemas = handler.arguments.iter().map(|argument| function(consort, "schema_of", &argument.ty));
    let (reply_schema, write_reply) =
        (function(consort, "schema_of", &handler.reply), function(consort, "write", &handler.reply));
    let never = parse_quote!(#consort::Never);
    let write_error = function(consort, "write", handler.error.as_ref().unwrap_or(&never));
    let error_schema = match &handler.error {
        Some(error) => {
            let schema = function(consort, "schema_of", error);
            quote!(::core::option::Option::Some(#schema))
        }
        None => quote!(::core::option::Option::None),
    };
    quote! {
        #consort::__private::WireForm {
            decode: |arguments| ::core::result::Result::Ok((#(#taken,)*)),
            encode: |arguments, written| { #(#put)* },
            argument_schemas: || ::std::vec::Vec::from([#(#schemas()),*]),
            reply_schema: #reply_schema,
            write_reply: #write_reply,
            error_schema: #error_schema,
            write_error: #write_error,
        }
    }
}

fn function(consort: &syn::Path, name: &str, ty: &Type) -> TokenStream {
    let span = span(ty);
    let name = Ident::new(name, span);
    quote_spanned!(span=> #consort::__private::#name::<#ty>)
}

fn span(ty: &Type) -> Span {
    spans::at(ty.span())
}

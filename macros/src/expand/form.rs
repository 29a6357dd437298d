//! `Method::wire`: how the types of a method are written down.

use crate::expand::{methods, spans};
use crate::ir::{Handler, Service};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Path, Type, parse_quote};

/// The function that gives the form of method `number`.
///
/// All that needs the types to be `Wire`, in one body and each at the type in question: only so does the compiler say
/// once, and in the words of `Wire`, that one is not.
pub fn form(service: &Service, number: usize, handler: &Handler) -> TokenStream {
    let consort = &service.consort;
    let names: Vec<_> = handler.arguments.iter().map(|argument| methods::plain_name(&argument.name)).collect();
    let (arguments, reply, error) =
        (arguments(consort, handler, &names), reply(consort, handler), error(consort, handler));
    quote! {
        // a method without arguments reads and writes none
        #[allow(unused_variables)]
        fn wire() -> ::core::option::Option<#consort::__private::WireForm<Self, #number>> {
            ::core::option::Option::Some(#consort::__private::WireForm {
                arguments: &[#(#names),*],
                #arguments
                #reply
                #error
            })
        }
    }
}

/// How the arguments are read, written and described.
fn arguments(consort: &Path, handler: &Handler, names: &[String]) -> TokenStream {
    let taken = handler.arguments.iter().zip(names).map(|(argument, name)| {
        let ty = &argument.ty;
        quote_spanned!(span(ty)=> #consort::__private::Arguments::take::<#ty>(arguments, #name)?)
    });
    let put = handler.arguments.iter().zip(names).enumerate().map(|(at, (argument, name))| {
        let (ty, at) = (&argument.ty, Index::from(at));
        quote_spanned!(span(ty)=> #consort::__private::Written::put::<#ty>(written, #name, &arguments.#at);)
    });
    let schemas = handler.arguments.iter().map(|argument| function(consort, "schema_of", &argument.ty));
    quote! {
        decode: |arguments| ::core::result::Result::Ok((#(#taken,)*)),
        encode: |arguments, written| { #(#put)* },
        argument_schemas: || ::std::vec::Vec::from([#(#schemas()),*]),
    }
}

/// The same of the reply.
fn reply(consort: &Path, handler: &Handler) -> TokenStream {
    let [schema, write, pack, unpack] =
        ["schema_of", "write", "pack", "unpack"].map(|name| function(consort, name, &handler.reply));
    quote!(reply_schema: #schema, write_reply: #write, pack_reply: #pack, unpack_reply: #unpack,)
}

/// The same of the error, also of a handler that cannot refuse.
fn error(consort: &Path, handler: &Handler) -> TokenStream {
    let never = parse_quote!(#consort::Never);
    let error = handler.error.as_ref().unwrap_or(&never);
    let [write, pack, unpack] = ["write", "pack", "unpack"].map(|name| function(consort, name, error));
    let schema = match &handler.error {
        Some(error) => {
            let schema = function(consort, "schema_of", error);
            quote!(::core::option::Option::Some(#schema))
        }
        None => quote!(::core::option::Option::None),
    };
    quote!(error_schema: #schema, write_error: #write, pack_error: #pack, unpack_error: #unpack,)
}

fn function(consort: &Path, name: &str, ty: &Type) -> TokenStream {
    let span = span(ty);
    let name = Ident::new(name, span);
    quote_spanned!(span=> #consort::__private::#name::<#ty>)
}

fn span(ty: &Type) -> Span {
    spans::at(ty.span())
}

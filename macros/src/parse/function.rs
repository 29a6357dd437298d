//! `#[service] pub async fn greet(name: String) -> String`: a service that is one function.

use crate::ir::{Handler, Service, Target};
use crate::parse::attributes;
use crate::parse::block::{arguments, is_plain, reply};
use crate::parse::error::Errors;
use crate::parse::options::{Options, Subject, camel, stateful};
use crate::parse::redeliver;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, ItemFn, parse_quote};

/// Reads the function. Gives it back, without its marker, with the unit struct that stands for it.
pub fn read(mut function: ItemFn, options: Options, errors: &mut Errors) -> (TokenStream, Option<Service>) {
    let redeliver = redeliver::take(&mut function.attrs, errors).is_some();
    let name = &function.sig.ident;
    let this = format_ident!("{}", camel(&name.to_string().replace("r#", "")), span = name.span());
    let handler = handler(&function, redeliver, errors);
    let consort = options.consort.clone();
    let doc = attributes::documentation(&function.attrs);
    let service = Service {
        consort,
        reference: format_ident!("{this}Ref"),
        config: options.config(errors),
        stateful: stateful::read(&options, Subject::Function, &[], errors),
        info: options.into_info(name, doc, Subject::Function, errors),
        this: parse_quote!(#this),
        generics: Generics::default(),
        handlers: handler.into_iter().collect(),
        hooks: Vec::new(),
    };
    let actor = actor(&function, &this);
    (quote!(#function #actor), Some(service))
}

fn handler(function: &ItemFn, redeliver: bool, errors: &mut Errors) -> Option<Handler> {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        let message = format_args!("a service answers when it is polled: write `async fn {}`", signature.ident);
        errors.at(signature.fn_token, message);
    }
    let plain = is_plain(signature, "a service function", errors);
    let arguments = arguments(signature, None, errors);
    let reply = reply(&signature.output, None, errors);
    let (arguments, reply) = (arguments?, reply?);
    (plain && signature.asyncness.is_some()).then(|| Handler {
        name: Ident::new("call", signature.ident.span()),
        target: Target::Function(signature.ident.clone()),
        attributes: attributes::carried(&function.attrs),
        doc: attributes::documentation(&function.attrs),
        shared: true,
        redeliver,
        context: arguments.context,
        arguments: arguments.list,
        reply: reply.reply,
        error: reply.error,
    })
}

fn actor(function: &ItemFn, this: &Ident) -> impl ToTokens + use<> {
    let doc = format!("The service that calls [`{0}()`]({0}).", function.sig.ident);
    let visibility = &function.vis;
    quote! {
        #[doc = #doc]
        #[derive(::core::fmt::Debug, ::core::default::Default, ::core::clone::Clone)]
        #visibility struct #this;
    }
}

//! The constant facts of a service.

use crate::expand::care;
use crate::ir::{Bounds, Hole, HookKind, Info, Place, Service};
use crate::parse::predicate;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// `ServiceInfo { … }`.
pub fn information(service: &Service) -> TokenStream {
    let Service { consort, info, stateful, .. } = service;
    let Info { name, version, key, pool, unique, local, inline, blocking, doc, .. } = info;
    let Bounds { mailbox, mailbox_bytes, idle_ms } = &info.bounds;
    let template = &key.template;
    let place = placed(consort, key.place);
    let (mailbox, mailbox_bytes, idle_ms) = (option(*mailbox), option(*mailbox_bytes), option(*idle_ms));
    let (care, depends) = (care::care(consort, &info.care), care::depends(consort, &info.needs));
    let degrades = info.needs.degrades;
    let [start, started, stop, failed, healthy, _, snapshot, restore] =
        HookKind::ALL.map(|kind| is_there(service, kind));
    quote! {
        #consort::ServiceInfo {
            name: #name,
            version: #version,
            key: #consort::Template::new(#template),
            place: #place,
            pool: #pool,
            unique: #unique,
            local: #local,
            stateful: #stateful,
            inline: #inline,
            blocking: #blocking,
            mailbox: #mailbox,
            mailbox_bytes: #mailbox_bytes,
            idle_ms: #idle_ms,
            care: #care,
            depends: #depends,
            degrades: #degrades,
            doc: #doc,
            has_start: #start,
            has_started: #started,
            has_stop: #stop,
            has_failed: #failed,
            has_probe: #healthy,
            has_snapshot: #snapshot,
            has_restore: #restore,
        }
    }
}

/// The value of `Place`.
fn placed(consort: &syn::Path, place: Place) -> TokenStream {
    match place {
        Place::Spread => quote!(#consort::Place::Spread),
        Place::Colocate { holes } => quote!(#consort::Place::Colocate { holes: #holes }),
        Place::Group { holes, nodes } => {
            let nodes = quote!(::core::num::NonZeroU16::new(#nodes).unwrap());
            quote!(#consort::Place::Group { holes: #holes, nodes: #nodes })
        }
    }
}

/// `Some(value)` or `None`.
pub fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Whether a hook is there: a constant, or a question to the compiler when the hook is conditional.
pub fn is_there(service: &Service, kind: HookKind) -> TokenStream {
    let hooks: Vec<_> = service.hooks.iter().filter(|hook| hook.kind == kind).collect();
    if hooks.iter().any(|hook| hook.conditions.is_empty()) {
        return quote!(true);
    }
    let copies = hooks.iter().map(|hook| {
        let predicates = hook.conditions.iter().filter_map(predicate);
        quote!(all(#(#predicates),*))
    });
    if hooks.is_empty() { quote!(false) } else { quote!(::core::cfg!(any(#(#copies),*))) }
}

/// The key's type: `()`, the type of the only hole, or a tuple.
pub fn key(service: &Service) -> TokenStream {
    let consort = &service.consort;
    let holes: Vec<_> = service.info.key.holes.iter().map(|hole| hole_type(*hole, consort)).collect();
    match &holes[..] {
        [only] => quote!(#only),
        holes => quote!((#(#holes),*)),
    }
}

fn hole_type(hole: Hole, consort: &syn::Path) -> TokenStream {
    match hole {
        Hole::Text => quote!(::std::string::String),
        Hole::Uuid => quote!(#consort::__private::Uuid),
        Hole::Integer(name) => {
            let name = Ident::new(name, Span::call_site());
            quote!(::core::primitive::#name)
        }
    }
}

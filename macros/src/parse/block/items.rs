//! What stands in the block: handlers, hooks and helpers.

use crate::ir::{Handler, Hook, Service};
use crate::parse::attributes;
use crate::parse::block::{duplicates, head, hook, method};
use crate::parse::error::Errors;
use crate::parse::options::{Options, Subject, stateful};
use crate::parse::redeliver;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::{ImplItem, ImplItemFn, ItemImpl, Visibility};

/// Reads the block. Gives it back as the compiler should see it: without markers and reported duplicates.
pub fn read(mut block: ItemImpl, options: Options, errors: &mut Errors) -> (TokenStream, Option<Service>) {
    let name = head::type_name(&block, errors);
    let contents = contents(&mut block, errors);
    let Some(name) = name else { return (block.into_token_stream(), None) };
    if contents.candidates == 0 {
        errors.at(&block.self_ty, no_handlers(&block, &name.to_string()));
    }
    let consort = options.consort.clone();
    let doc = attributes::documentation(&block.attrs);
    let config = options.config(errors);
    hook::check_config(&contents.hooks, config.is_some(), errors);
    let stateful = stateful::read(&options, Subject::Block, &contents.hooks, errors);
    let service = Service {
        consort,
        reference: format_ident!("{name}Ref"),
        config,
        stateful,
        info: options.into_info(&name, doc, Subject::Block, errors),
        this: (*block.self_ty).clone(),
        generics: block.generics.clone(),
        handlers: contents.handlers,
        hooks: contents.hooks,
    };
    (block.into_token_stream(), Some(service))
}

#[derive(Default)]
struct Contents {
    handlers: Vec<Handler>,
    hooks: Vec<Hook>,
    /// Methods that are meant as handlers, right or wrong.
    candidates: usize,
}

fn contents(block: &mut ItemImpl, errors: &mut Errors) -> Contents {
    let mut contents = Contents::default();
    duplicates::remove(block, is_candidate, errors);
    let this = block.self_ty.clone();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let marker = redeliver::take(&mut function.attrs, errors);
        if let Some(kind) = hook::take_marker(function, errors) {
            redeliver::refuse(marker, errors);
            if let Some(hook) = hook::read(function, kind, errors) {
                hook::add(hook, &mut contents.hooks, errors);
            }
        } else if is_candidate(function) {
            contents.candidates += 1;
            let handler = method::read(function, &this, errors);
            contents.handlers.extend(handler.map(|handler| Handler { redeliver: marker.is_some(), ..handler }));
        } else {
            redeliver::refuse(marker, errors);
        }
    }
    contents
}

/// A handler is `pub` without restriction: what fewer may see is no part of a contract.
fn is_candidate(function: &ImplItemFn) -> bool {
    matches!(function.vis, Visibility::Public(_))
        && function.sig.asyncness.is_some()
        && function.sig.receiver().is_some()
}

fn no_handlers(block: &ItemImpl, name: &str) -> String {
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.receiver().is_some() => Some(function),
        _ => None,
    });
    // The method that is nearest to being a handler shows what is missing.
    let nearly =
        methods.max_by_key(|function| (function.sig.asyncness.is_some(), function.vis != Visibility::Inherited));
    let hint = nearly.map(|function| {
        let lacks = if function.sig.asyncness.is_some() { "`pub`" } else { "`async`" };
        format!(" (`{}` is not {lacks})", function.sig.ident)
    });
    let hint = hint.unwrap_or_default();
    format!("`{name}` has no method to call: write at least one `pub async fn` with `&self` or `&mut self`{hint}")
}

//! The hooks inside `impl Service`.

use crate::expand::spans;
use crate::ir::{Hook, HookKind, Service};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// A method of the trait for each hook of the service.
pub fn hooks(service: &Service) -> TokenStream {
    of_trait(service, |kind| kind != HookKind::Configured)
}

/// The methods for those hooks that one trait has.
pub fn of_trait(service: &Service, is_in: impl Fn(HookKind) -> bool) -> TokenStream {
    let hooks = service.hooks.iter().filter(|hook| is_in(hook.kind));
    hooks.map(|hook| one(hook, &service.consort)).collect()
}

fn one(hook: &Hook, consort: &syn::Path) -> TokenStream {
    let conditions = &hook.conditions;
    let (head, call, output) = parts(hook, consort);
    // All at the hook's name: what keeps its future from being `Send`, or its error from being `Display`, is in there.
    let span = spans::at(hook.method.span());
    let future = quote_spanned!(span=> impl ::core::future::Future<Output = #output> + ::core::marker::Send);
    let body = quote_spanned!(span=> async move { #call });
    quote! {
        #(#conditions)*
        // not every hook takes the context
        #[allow(unused_variables, clippy::redundant_closure)]
        #head -> #future {
            #body
        }
    }
}

/// The head of the trait's method, the call of the user's, and what comes out.
fn parts(hook: &Hook, consort: &syn::Path) -> (TokenStream, TokenStream, TokenStream) {
    let method = &hook.method;
    let span = spans::at(method.span());
    let cx = hook.context.then(|| quote!(cx,));
    let inputs = quote!(&mut self, cx: &#consort::Cx);
    let own = spans::moved(consort, span);
    let fallible = quote_spanned!(span=> Self::#method(self, #cx).await.map_err(|error| #own::HookError::new(error)));
    let result = quote!(::core::result::Result<(), #consort::HookError>);
    match hook.kind {
        HookKind::Start => (quote_spanned!(span=> fn start(#inputs)), fallible, result),
        HookKind::Started => (quote_spanned!(span=> fn started(#inputs)), fallible, result),
        HookKind::Stop => (quote_spanned!(span=> fn stop(#inputs)), quote!(Self::#method(self, #cx).await), quote!(())),
        HookKind::Healthy => (quote_spanned!(span=> fn healthy(#inputs)), fallible, result),
        HookKind::Failed => {
            let head = quote_spanned!(span=> fn failed(cx: &#consort::Cx, error: &str));
            (head, quote!(Self::#method(#cx error).await), quote!(()))
        }
        HookKind::Snapshot => {
            let packed = quote_spanned!(span=> #own::__private::pack(&Self::#method(self, #cx).await).map_err(#own::HookError::new));
            let packed = quote!(#packed.map(::std::vec::Vec::from));
            (quote_spanned!(span=> fn snapshot(#inputs)), packed, state_of(consort))
        }
        HookKind::Restore => {
            let head = quote_spanned!(span=> fn restore(#inputs, state: &[u8]));
            let read = quote_spanned!(span=> #own::__private::unpack(state).map_err(#own::HookError::unreadable)?);
            let call = quote_spanned!(span=> Self::#method(self, #cx #read).await);
            (head, as_result(hook, call, &own), result)
        }
        HookKind::Configured => {
            let change = quote!(change: &#consort::config::ConfigChanged<Self::Config>);
            let head = quote_spanned!(span=> fn configured(#inputs, #change));
            let call = quote_spanned!(span=> Self::#method(self, #cx change).await);
            (head, as_result(hook, call, &own), result)
        }
    }
}

/// The call of a hook that may fail or not.
fn as_result(hook: &Hook, call: TokenStream, own: &TokenStream) -> TokenStream {
    match hook.fallible {
        true => quote_spanned!(spans::at(hook.method.span())=> #call.map_err(|error| #own::HookError::new(error))),
        false => quote!({ #call; ::core::result::Result::Ok(()) }),
    }
}

fn state_of(consort: &syn::Path) -> TokenStream {
    quote!(::core::result::Result<::std::vec::Vec<u8>, #consort::HookError>)
}

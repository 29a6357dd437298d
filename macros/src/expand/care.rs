//! How a service is looked after, and what it needs.

use crate::expand::information::option;
use crate::ir::{Care, Need, Needs, Restart};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

/// `CareInfo { … }`.
pub fn care(consort: &Path, care: &Care) -> TokenStream {
    let enabled = care.enabled;
    let restart = policy(care.restart);
    let intensity = option(care.intensity.map(|intensity| {
        let (restarts, within_ms) = (intensity.restarts, intensity.within_ms);
        quote! {
            #consort::supervision::Intensity {
                restarts: #restarts,
                within: ::core::time::Duration::from_millis(#within_ms),
            }
        }
    }));
    let (progress_ms, limit) = (option(care.progress_ms), option(care.limit));
    quote! {
        #consort::CareInfo {
            enabled: #enabled,
            restart: #consort::supervision::RestartPolicy::#restart,
            intensity: #intensity,
            progress_ms: #progress_ms,
            limit: #limit,
        }
    }
}

fn policy(restart: Restart) -> Ident {
    let name = match restart {
        Restart::Permanent => "Permanent",
        Restart::Transient => "Transient",
        Restart::Temporary => "Temporary",
    };
    Ident::new(name, Span::call_site())
}

/// `&[DependsInfo { … }]`.
pub fn depends(consort: &Path, needs: &Needs) -> TokenStream {
    let entries = needs.on.iter().map(|Need { text, hard }| quote!(#consort::DependsInfo { on: #text, hard: #hard }));
    quote!(&[#(#entries),*])
}

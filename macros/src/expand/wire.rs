//! `#[wire]`: the derives and the weight.

use crate::expand::weight;
use crate::ir::{Derive, Field, Shape, Understood, Variant, WireType};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Path;

/// The user's type and all that is generated for it.
pub fn wire(understood: Understood<WireType>) -> TokenStream {
    let Understood { item, errors, meaning } = understood;
    let attributes = meaning.as_ref().map(attributes);
    let weigh = meaning.as_ref().map(weigh);
    quote!(#errors #attributes #item #weigh)
}

fn attributes(ty: &WireType) -> TokenStream {
    let consort = &ty.consort;
    let derives = ty.derives.iter().map(|derive| match derive {
        Derive::Debug => quote!(::core::fmt::Debug),
        Derive::Clone => quote!(::core::clone::Clone),
        Derive::Serialize => quote!(#consort::__private::serde::Serialize),
        Derive::Deserialize => quote!(#consort::__private::serde::Deserialize),
        Derive::JsonSchema => quote!(#consort::__private::schemars::JsonSchema),
    });
    let serde = path(consort, "serde");
    let schemars = path(consort, "schemars");
    quote! {
        #[derive(#(#derives),*)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
    }
}

/// The path of a crate inside `consort`, as the text that derives want.
fn path(consort: &Path, name: &str) -> String {
    quote!(#consort::__private).to_string().replace(' ', "") + "::" + name
}

fn weigh(ty: &WireType) -> TokenStream {
    let WireType { consort, name, .. } = ty;
    let mut generics = ty.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#consort::Weigh));
    }
    let (parameters, arguments, clause) = generics.split_for_impl();
    let sum = match &ty.shape {
        Shape::Struct(fields) => of_struct(consort, fields),
        Shape::Enum(variants) => of_enum(consort, variants),
    };
    quote! {
        impl #parameters #consort::Weigh for #name #arguments #clause {
            fn weigh(&self) -> usize {
                #[allow(unused_imports)]
                use #consort::__private::WeighFallback as _;
                #sum
            }
        }
    }
}

fn of_struct(consort: &Path, fields: &[Field]) -> TokenStream {
    let sum = fields.iter().map(|Field { member, conditions }| {
        let weight = weight::one(consort, &quote!(self.#member));
        quote!(#(#conditions)* { sum += #weight; })
    });
    quote!(#[allow(unused_mut)] let mut sum = 0; #(#sum)* sum)
}

fn of_enum(consort: &Path, variants: &[Variant]) -> TokenStream {
    if variants.is_empty() {
        return quote!(match *self {});
    }
    let arms = variants.iter().map(|variant| arm(consort, variant));
    quote!(match self { #(#arms)* })
}

fn arm(consort: &Path, variant: &Variant) -> TokenStream {
    let Variant { name, conditions, fields } = variant;
    let bound = fields.iter().enumerate().map(|(at, Field { member, conditions })| {
        let local = format_ident!("field_{at}");
        quote!(#(#conditions)* #member: #local,)
    });
    let sum = fields.iter().enumerate().map(|(at, Field { conditions, .. })| {
        let local = format_ident!("field_{at}");
        let weight = weight::one(consort, &quote!(*#local));
        quote!(#(#conditions)* { sum += #weight; })
    });
    quote! {
        #(#conditions)*
        Self::#name { #(#bound)* } => {
            #[allow(unused_mut)]
            let mut sum = 0;
            #(#sum)*
            sum
        }
    }
}

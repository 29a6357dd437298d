//! References inside messages.

use crate::ir::Service;
use proc_macro2::TokenStream;
use quote::quote;

/// `Serialize`, `Deserialize` and `JsonSchema` of the reference.
pub fn reference(service: &Service) -> TokenStream {
    let Service { consort, this, reference, generics, .. } = service;
    let (parameters, arguments, clause) = generics.split_for_impl();
    let own = generics.params.iter();
    let name = reference.to_string();
    quote! {
        impl #parameters #consort::__private::serde::Serialize for #reference #arguments #clause {
            fn serialize<Z: #consort::__private::serde::Serializer>(
                &self,
                serializer: Z,
            ) -> ::core::result::Result<Z::Ok, Z::Error> {
                #consort::__private::serialize_ref(&self.0, serializer)
            }
        }
        impl<'consort, #(#own),*> #consort::__private::serde::Deserialize<'consort> for #reference #arguments #clause {
            fn deserialize<Z: #consort::__private::serde::Deserializer<'consort>>(
                deserializer: Z,
            ) -> ::core::result::Result<Self, Z::Error> {
                let actor = #consort::__private::deserialize_ref::<#this, Z>(deserializer)?;
                ::core::result::Result::Ok(<Self as #consort::Reference>::from_actor(actor))
            }
        }
        impl #parameters #consort::__private::schemars::JsonSchema for #reference #arguments #clause {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }
            fn json_schema(
                generator: &mut #consort::__private::schemars::SchemaGenerator,
            ) -> #consort::__private::schemars::Schema {
                #consort::__private::ref_schema::<#this>(generator)
            }
        }
    }
}

//! The type under `#[wire]`.

use crate::ir::{Derive, Field, Shape, Understood, Variant, WireType};
use crate::parse::attributes;
use crate::parse::error::Errors;
use crate::parse::options::wire_crate;
use proc_macro2::{Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token};

/// Understands a type that crosses the network.
pub fn wire(options: TokenStream, item: TokenStream) -> Understood<WireType> {
    let mut errors = Errors::default();
    let consort = wire_crate(options, &mut errors);
    let meaning = match syn::parse2::<DeriveInput>(item.clone()) {
        Ok(input) => read(&input, consort, &mut errors),
        Err(_) => {
            errors.at_span(Span::call_site(), "`#[wire]` stands on a struct or an enum");
            None
        }
    };
    Understood { item, errors: errors.into_code(), meaning }
}

fn read(input: &DeriveInput, consort: Path, errors: &mut Errors) -> Option<WireType> {
    for lifetime in input.generics.lifetimes() {
        let message = "what crosses the network is owned, because it is read on another node; \
                       remove the lifetime and use owned types, such as `String` for `&str`";
        errors.at(lifetime, message);
    }
    let shape = match &input.data {
        Data::Struct(data) => Shape::Struct(fields(&data.fields)),
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| Variant {
                name: variant.ident.clone(),
                conditions: attributes::conditions(&variant.attrs),
                fields: fields(&variant.fields),
            });
            Shape::Enum(variants.collect())
        }
        Data::Union(data) => {
            let message = "nothing says which field of a `union` is set, so it cannot be written down; use an `enum`";
            errors.at(data.union_token, message);
            return None;
        }
    };
    let all = [Derive::Debug, Derive::Clone, Derive::Serialize, Derive::Deserialize, Derive::JsonSchema];
    let present = derived(&input.attrs);
    let derives = all.into_iter().filter(|derive| !present.iter().any(|name| name == derive.name())).collect();
    let (name, generics) = (input.ident.clone(), input.generics.clone());
    input.generics.lifetimes().next().is_none().then(|| WireType { consort, name, generics, derives, shape })
}

fn fields(fields: &Fields) -> Vec<Field> {
    let conditions = fields.iter().map(|field| attributes::conditions(&field.attrs));
    fields.members().zip(conditions).map(|(member, conditions)| Field { member, conditions }).collect()
}

/// The names of the traits the user derives below the attribute.
fn derived(attributes: &[Attribute]) -> Vec<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = lists.filter_map(|list| list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).ok());
    paths.flatten().filter_map(|path| path.segments.last().map(|last| last.ident.to_string())).collect()
}

impl Derive {
    /// The last word of its path, by which a derive of the user's is recognised.
    fn name(self) -> &'static str {
        match self {
            Derive::Debug => "Debug",
            Derive::Clone => "Clone",
            Derive::Serialize => "Serialize",
            Derive::Deserialize => "Deserialize",
            Derive::JsonSchema => "JsonSchema",
        }
    }
}

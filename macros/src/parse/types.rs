//! What a type is made of.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, ExprPath, GenericArgument, Lifetime, ParenthesizedGenericArguments, Path, PathArguments, Type,
    TypeFnPtr, TypeImplTrait, TypeReference, parse_quote,
};

/// What keeps a type from standing in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It borrows.
    Borrowed,
    /// It is `impl Trait`.
    Anonymous,
}

/// The first flaw of `ty`, and the part of it that has it.
pub fn flaw(ty: &Type) -> Option<(Flaw, TokenStream)> {
    let mut search = Search { found: None };
    search.visit_type(ty);
    search.found
}

struct Search {
    found: Option<(Flaw, TokenStream)>,
}

impl Search {
    fn find(&mut self, flaw: Flaw, place: &dyn ToTokens) {
        self.found.get_or_insert_with(|| (flaw, place.to_token_stream()));
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        match &ty.lifetime {
            Some(lifetime) if lifetime.ident == "static" => visit::visit_type(self, &ty.elem),
            _ => self.find(Flaw::Borrowed, ty),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.find(Flaw::Borrowed, lifetime);
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.find(Flaw::Anonymous, ty);
    }

    // What a function pointer or an `Fn(&T)` borrows is borrowed when it is called, not by the value itself.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

/// `ty` with `Self` written out as `this`: on the reference, `Self` is another type.
pub fn without_self(ty: &Type, this: &Type) -> Type {
    let mut ty = ty.clone();
    WriteOut { this }.visit_type_mut(&mut ty);
    ty
}

struct WriteOut<'a> {
    this: &'a Type,
}

impl WriteOut<'_> {
    /// What follows `Self::` in `path`.
    fn rest(path: &Path) -> Option<Path> {
        let begins = path.leading_colon.is_none() && path.segments.first().is_some_and(|first| first.ident == "Self");
        begins.then(|| Path { leading_colon: None, segments: path.segments.iter().skip(1).cloned().collect() })
    }
}

impl VisitMut for WriteOut<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let this = self.this;
        let rest = match ty {
            Type::Path(path) if path.qself.is_none() => Self::rest(&path.path),
            _ => None,
        };
        match rest {
            Some(rest) if rest.segments.is_empty() => *ty = this.clone(),
            Some(rest) => *ty = parse_quote!(<#this>::#rest),
            None => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        let this = self.this;
        match Self::rest(&path.path).filter(|rest| path.qself.is_none() && !rest.segments.is_empty()) {
            Some(rest) => *path = parse_quote!(<#this>::#rest),
            None => visit_mut::visit_expr_path_mut(self, path),
        }
    }
}

/// The last word of a path type: `Result` of `std::io::Result<T>`.
pub fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Paren(paren) => last_segment(&paren.elem),
        Type::Group(group) => last_segment(&group.elem),
        _ => None,
    }
}

/// The types between the angle brackets of a segment.
pub fn type_arguments(segment: &syn::PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Whether `ty` is `()`.
pub fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Flaw, ToTokens, flaw, without_self};
    use syn::parse_quote;

    #[test]
    fn borrows_are_found_where_the_value_holds_them() {
        let found = |ty: syn::Type| flaw(&ty).map(|(flaw, _)| flaw);
        assert_eq!(found(parse_quote!(Vec<&str>)), Some(Flaw::Borrowed));
        assert_eq!(found(parse_quote!(Cow<'_, str>)), Some(Flaw::Borrowed));
        assert_eq!(found(parse_quote!(&'static [u8])), None);
        assert_eq!(found(parse_quote!(Box<dyn Fn(&str) -> bool + Send>)), None);
        assert_eq!(found(parse_quote!(Box<dyn for<'a> Fn(&'a str)>)), None);
        assert_eq!(found(parse_quote!(fn(&str))), None);
        assert_eq!(found(parse_quote!(Option<impl Copy>)), Some(Flaw::Anonymous));
    }

    #[test]
    fn self_is_written_out_everywhere() {
        let ty: syn::Type = parse_quote!(HashMap<Self, [Self::Item; Self::N]>);
        let written = without_self(&ty, &parse_quote!(Cache<T>)).to_token_stream().to_string();
        let expected: syn::Type = parse_quote!(HashMap<Cache<T>, [<Cache<T>>::Item; <Cache<T>>::N]>);
        assert_eq!(written, expected.to_token_stream().to_string());
    }
}

//! [`Errors`]: what is wrong with the user's code, collected so that one build tells all of it.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;
use syn::Error;

/// The errors found so far.
#[derive(Default)]
pub struct Errors {
    all: Option<Error>,
}

impl Errors {
    /// Adds an error that marks all of `place`.
    pub fn at(&mut self, place: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(place, message));
    }

    /// Adds an error at `span`.
    pub fn at_span(&mut self, span: Span, message: impl Display) {
        self.add(Error::new(span, message));
    }

    /// Adds an error that is already made.
    pub fn add(&mut self, error: Error) {
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    /// The value of `result`, or nothing and one error more.
    pub fn check<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// The code that makes the compiler show the errors.
    pub fn into_code(self) -> TokenStream {
        self.all.map(Error::into_compile_error).unwrap_or_default()
    }
}

//! The list of options between the parentheses of an attribute.

use crate::parse::error::Errors;
use crate::parse::options::nearest::{correction, listed};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::token::Paren;
use syn::{Error, Lit, LitBool, LitStr, Path, Result, Token, Type};

/// One option as it was written: `name`, `name = value` or `name(list)`.
pub struct Given {
    /// The option's name.
    pub name: Ident,
    value: Option<Value>,
}

enum Value {
    Literal(Lit),
    Type(Box<Type>),
    List(Group),
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Value::Literal(literal) => literal.to_tokens(tokens),
            Value::Type(ty) => ty.to_tokens(tokens),
            Value::List(list) => list.to_tokens(tokens),
        }
    }
}

/// The options whose value is a type.
const TYPES: [&str; 1] = ["config"];

impl Given {
    /// The value of an option that takes a text, such as `example`.
    pub fn text(&self, example: &str) -> Result<LitStr> {
        match &self.value {
            Some(Value::Literal(Lit::Str(text))) => Ok(text.clone()),
            _ => Err(self.expected(format_args!("a text: `{} = \"{example}\"`", self.name))),
        }
    }

    /// The value of an option that takes a whole number from 1 up.
    pub fn count(&self, example: u32) -> Result<u32> {
        let wanted =
            || self.expected(format_args!("a whole number from 1 to {}: `{} = {example}`", u32::MAX, self.name));
        let Some(Value::Literal(Lit::Int(number))) = &self.value else { return Err(wanted()) };
        number.base10_parse().ok().filter(|count| *count > 0).ok_or_else(wanted)
    }

    /// The value of an option that takes `true` or `false`.
    pub fn choice(&self) -> Result<bool> {
        match &self.value {
            Some(Value::Literal(Lit::Bool(LitBool { value, .. }))) => Ok(*value),
            _ => Err(self.expected(format_args!("`true` or `false`: `{} = false`", self.name))),
        }
    }

    /// An option that stands alone.
    pub fn flag(&self) -> Result<bool> {
        match &self.value {
            None => Ok(true),
            Some(value) => {
                Err(Error::new_spanned(value, format!("`{0}` takes no value; write `{0}` alone", self.name)))
            }
        }
    }

    /// The value of an option that takes a type, such as `example`.
    pub fn ty(&self, example: &str) -> Result<Type> {
        match &self.value {
            Some(Value::Type(ty)) => Ok((**ty).clone()),
            _ => Err(self.expected(format_args!("a type: `{} = {example}`", self.name))),
        }
    }

    /// What stands in the parentheses of an option that takes a list, such as `example`.
    pub fn list(&self, example: &str) -> Result<TokenStream> {
        match &self.value {
            Some(Value::List(list)) if !list.stream().is_empty() => Ok(list.stream()),
            _ => Err(self.expected(format_args!("a list: `{}({example})`", self.name))),
        }
    }

    /// The value of `crate = "path"`.
    pub fn path(&self) -> Result<Path> {
        let text = self.text("my_crate::consort")?;
        text.parse().map_err(|_| Error::new_spanned(text, "not a path; write it as `crate = \"my_crate::consort\"`"))
    }

    fn expected(&self, what: impl std::fmt::Display) -> Error {
        let message = format!("`{}` takes {what}", self.name);
        match &self.value {
            Some(value) => Error::new_spanned(value, message),
            None => Error::new_spanned(&self.name, message),
        }
    }
}

/// Reads the options in `tokens`, each of which may be there once. One that is there twice is reported and left out, as
/// is what [`read_all`] does not take.
pub fn read(tokens: TokenStream, of: &str, known: &[&str], errors: &mut Errors) -> Vec<Given> {
    let mut once: Vec<Given> = Vec::new();
    for option in read_all(tokens, of, known, errors) {
        if once.iter().any(|other| other.name == option.name) {
            errors.at(&option.name, format_args!("`{}` is given twice; keep one of them", option.name));
        } else {
            once.push(option);
        }
    }
    once
}

/// Reads the options in `tokens`. One that is not in `known` and one that cannot be read are reported and left out; the
/// others are still read. `of` is what they are options of, as code.
pub fn read_all(tokens: TokenStream, of: &str, known: &[&str], errors: &mut Errors) -> Vec<Given> {
    let mut all = Vec::new();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            all.extend(errors.check(one(input, of, known)));
            skip_to_next(input)?;
        }
        Ok(())
    };
    // The parser takes everything and reports by itself: there is nothing left to fail.
    let outcome = parser.parse2(tokens);
    errors.check(outcome);
    all
}

fn one(input: ParseStream, of: &str, known: &[&str]) -> Result<Given> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        Error::new(error.span(), format!("expected an option of `{of}`; known are {}", listed(known)))
    })?;
    let written = name.to_string();
    if !known.contains(&written.as_str()) {
        let message = format!("unknown option `{written}`{}", correction(&written, known));
        return Err(Error::new_spanned(name, message));
    }
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(value(input, &name)?),
        None if input.peek(Paren) => Some(Value::List(input.parse()?)),
        None => None,
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(Given { name, value });
    }
    Err(Error::new(input.span(), format!("unexpected after `{name}`; put a comma between two options")))
}

fn value(input: ParseStream, name: &Ident) -> Result<Value> {
    let is_type = TYPES.iter().any(|option| name == option);
    let (value, wanted) = match is_type {
        // a literal is reported by whoever wants the type
        true if !input.peek(Lit) => (input.parse().map(|ty| Value::Type(Box::new(ty))), "a type"),
        _ => (input.parse().map(Value::Literal), "a literal: a text, a number, `true` or `false`"),
    };
    value.map_err(|error| {
        // At the end of the list the parser's own span is the whole attribute.
        let span = if input.is_empty() { name.span() } else { error.span() };
        Error::new(span, format!("the value of `{name}` is {wanted}"))
    })
}

fn skip_to_next(input: ParseStream) -> Result<()> {
    while !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Errors, read};
    use quote::quote;

    #[test]
    fn what_can_be_read_is_read_beside_what_cannot() {
        let mut errors = Errors::default();
        let given = read(
            quote!(pool = 4, colour, = , local, crate = "a::b"),
            "#[service]",
            &["pool", "local", "crate"],
            &mut errors,
        );
        let names: Vec<_> = given.iter().map(|option| option.name.to_string()).collect();
        assert_eq!(names, ["pool", "local", "crate"]);
        assert_eq!(given[0].count(1).ok(), Some(4));
        assert!(given[1].flag().is_ok_and(|set| set));
        assert!(given[2].path().is_ok());
        assert_eq!(errors.into_code().to_string().matches("compile_error").count(), 2);
    }
}

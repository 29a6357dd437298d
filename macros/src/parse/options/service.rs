//! The options of `#[service(…)]`.

use crate::ir::{Bounds, Info, Key};
use crate::parse::error::Errors;
use crate::parse::options::list::{self, Given};
use crate::parse::options::text::{duration, name, place, template, version};
use crate::parse::options::{care, needs};
use proc_macro2::{Ident, TokenStream};
use syn::{LitStr, Path, Result, Type, parse_quote};

const KNOWN: [&str; 22] = [
    "name",
    "version",
    "key",
    "pool",
    "unique",
    "place",
    "local",
    "stateful",
    "inline",
    "blocking",
    "mailbox",
    "mailbox_bytes",
    "idle",
    "config",
    "enabled",
    "restart",
    "restarts",
    "progress",
    "limit",
    "depends",
    "lost",
    "crate",
];

/// An example of a place.
const PLACE: &str = "colocate(tenant)";

/// What the attribute stands on: some defaults and rules depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An `impl` block.
    Block,
    /// A free function.
    Function,
}

/// The options, each as far as it could be read.
pub struct Options {
    given: Vec<Given>,
    /// The path of the crate `consort`.
    pub consort: Path,
}

impl Options {
    /// Reads the options.
    pub fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let given = list::read(tokens, "#[service]", &KNOWN, errors);
        let path = given.iter().find(|option| option.name == "crate").and_then(|option| errors.check(option.path()));
        Options { given, consort: path.unwrap_or_else(|| parse_quote!(::consort)) }
    }

    /// The type of its configuration.
    pub fn config(&self, errors: &mut Errors) -> Option<Type> {
        self.value("config", |option| option.ty("CartConfig"), errors)
    }

    /// The facts of the service called `ident` in the code. What could not be read has its default.
    pub fn into_info(self, ident: &Ident, doc: String, subject: Subject, errors: &mut Errors) -> Info {
        self.check_together(subject, errors);
        let (name, mut key) = (self.name(ident, errors), self.key(errors));
        self.place(&mut key, errors);
        Info {
            needs: needs::read(&self, &name, errors),
            name,
            version: self.value("version", version, errors).unwrap_or_else(|| "0.1.0".into()),
            key,
            pool: self.value("pool", |option| option.count(4), errors).unwrap_or(1),
            unique: self.value("unique", Given::flag, errors).unwrap_or(false),
            local: self.value("local", Given::flag, errors).unwrap_or(false),
            inline: self.value("inline", Given::choice, errors).unwrap_or(true),
            blocking: self.value("blocking", Given::flag, errors).unwrap_or(false),
            bounds: self.bounds(errors),
            care: care::read(&self, errors),
            doc,
        }
    }

    fn bounds(&self, errors: &mut Errors) -> Bounds {
        Bounds {
            mailbox: self.value("mailbox", |option| option.count(64), errors),
            mailbox_bytes: self.value("mailbox_bytes", |option| option.count(65_536), errors),
            idle_ms: self.value("idle", idle, errors),
        }
    }

    /// The option of this name, if it was given.
    pub(super) fn find(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|option| option.name == name)
    }

    /// The value of the option of this name, if it was given and `read` can read it.
    pub(super) fn value<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Given) -> Result<T>,
        errors: &mut Errors,
    ) -> Option<T> {
        self.find(name).and_then(|option| errors.check(read(option)))
    }

    fn name(&self, ident: &Ident, errors: &mut Errors) -> String {
        if self.find("name").is_some() {
            return self.value("name", given_name, errors).unwrap_or_default();
        }
        let name = name::snake(&ident.to_string().trim_start_matches("r#").replace('_', " ")).replace(' ', "_");
        let name = name.trim_matches('_').to_owned();
        if name::check(&name).is_err() {
            let message = format!("`{ident}` gives the service no name of letters a to z; add `name = \"…\"`");
            errors.at(ident, message);
        }
        name
    }

    fn key(&self, errors: &mut Errors) -> Key {
        let Some(text) = self.value("key", |option| option.text("/tenant/{tenant}/counter/{name}"), errors) else {
            return Key::default();
        };
        let wrong = match template::read(&text.value()) {
            Ok(key) => return key,
            Err(wrong) => wrong,
        };
        for words in wrong {
            errors.at(&text, words);
        }
        Key::default()
    }

    /// Reads what of a key decides where its actor lives. A key that cannot be read leaves that open.
    fn place(&self, key: &mut Key, errors: &mut Errors) {
        match self.find("place") {
            Some(_) if !key.holes.is_empty() => {
                let read = |option: &Given| checked(option.text(PLACE)?, |text| place::read(text, key));
                if let Some(place) = self.value("place", read, errors) {
                    key.place = place;
                }
            }
            Some(option) if self.find("key").is_none() => {
                let message = "`place` says what of a key decides where an actor lives, and this service has no key; \
                               add `key = \"…\"`, or remove `place`";
                errors.at(&option.name, message);
            }
            _ => {}
        }
    }

    /// The rules between options.
    fn check_together(&self, subject: Subject, errors: &mut Errors) {
        let mut refuse = |first: &str, second: &str, why: &str| {
            if let (Some(_), Some(option)) = (self.find(first), self.find(second)) {
                errors.at(&option.name, format_args!("`{first}` and `{second}` exclude each other: {why}"));
            }
        };
        refuse("key", "pool", "the copies of a pool have no keys; a service with keys already has an actor for each");
        refuse("key", "unique", "`unique` is one actor in the cluster; a service with keys has one for each key");
        refuse("unique", "pool", "`unique` is one actor in the cluster, a pool is many; remove one of the options");
        refuse("local", "stateful", "a state has one owner, and a local service has its actors on every node");
        refuse("pool", "stateful", "a state has one owner, and the copies of a pool are all alike");
        refuse("local", "place", "a local service lives where it is called; remove `place`");
        refuse(
            "blocking",
            "inline",
            "handlers on the blocking threads never run on the caller's task; remove `inline`",
        );
        if let (Subject::Function, Some(option)) = (subject, self.find("key")) {
            let message = "a function keeps nothing between calls, so it has no key; \
                           make it an argument, or put `#[service]` on the `impl` block of a struct";
            errors.at(&option.name, message);
        }
    }
}

fn given_name(option: &Given) -> Result<String> {
    checked(option.text("billing.invoice")?, |text| name::check(text).map(|()| text.to_owned()))
}

fn version(option: &Given) -> Result<String> {
    checked(option.text("1.0")?, version::complete)
}

fn idle(option: &Given) -> Result<u64> {
    checked(option.text("10m")?, duration::milliseconds)
}

/// What `read` makes of a text; its error, which is the end of a sentence, stands at the text.
pub(super) fn checked<T>(text: LitStr, read: impl FnOnce(&str) -> std::result::Result<T, String>) -> Result<T> {
    read(&text.value()).map_err(|why| syn::Error::new_spanned(&text, format!("`{}` {why}", text.value())))
}

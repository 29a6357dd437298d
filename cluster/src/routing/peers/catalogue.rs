//! What a node offers to others: each method with a number, which stands for it in calls.

use std::collections::HashMap;

use consort_runtime::error::NotRun;
use consort_runtime::remote::check_contract;
use serde::{Deserialize, Serialize};

/// What a node serves to others, as it tells them once. The numbers of the methods are their places in it, so they
/// mean the same for as long as the node lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) services: Vec<Offer>,
    /// None of the services has keys: the node has no slots as soon as another one that has some is there. A node that does
    /// not say so may have some.
    #[serde(default)]
    pub(crate) keyless: bool,
}

/// One service of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) name: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) methods: Vec<Box<str>>,
}

/// The catalogue of another node, for look-ups.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    /// By service and method.
    numbers: HashMap<(Box<str>, Box<str>), u32>,
    /// By service.
    versions: HashMap<Box<str>, Box<str>>,
    keyless: bool,
}

impl Offered {
    pub(crate) fn new(catalogue: Catalogue) -> Self {
        let mut offered = Offered { keyless: catalogue.keyless, ..Offered::default() };
        let mut number = 0;
        for Offer { name, version, methods } in catalogue.services {
            for method in methods {
                offered.numbers.insert((name.clone(), method), number);
                number += 1;
            }
            offered.versions.insert(name, version);
        }
        offered
    }

    /// Whether the node serves nothing with keys, and says so.
    pub(crate) fn is_keyless(&self) -> bool {
        self.keyless
    }

    /// The names of its services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.versions.keys().map(|name| &**name)
    }

    /// Its services, each with its version.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.versions.iter().map(|(name, version)| (&**name, &**version))
    }

    /// Whether the node serves the service, in whatever version.
    pub(crate) fn serves(&self, service: &str) -> bool {
        self.versions.contains_key(service)
    }

    /// The number of a method, if the node serves a version that has the contract which is wanted.
    ///
    /// # Errors
    /// The service is not served there, or not in such a version, or it has no such method.
    pub(crate) fn number(&self, service: &str, wanted: &str, method: &str) -> Result<u32, NotRun> {
        let Some(found) = self.versions.get(service) else {
            return Err(NotRun::not_served(service, self.versions.keys().map(|name| &**name)));
        };
        // whoever goes by names has not been compiled with any version
        if !wanted.is_empty() {
            check_contract(service, wanted, found)?;
        }
        let number = self.numbers.get(&(Box::from(service), Box::from(method)));
        number.copied().ok_or_else(|| {
            let known = self.numbers.keys().filter(|(of, _)| &**of == service).map(|(_, method)| &**method);
            NotRun::unknown_method(service, method, known)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Offered {
        let offer = |name: &str, methods: &[&str]| Offer {
            name: name.into(),
            version: "1.2.0".into(),
            methods: methods.iter().map(|method| Box::from(*method)).collect(),
        };
        let services = vec![offer("cart", &["add", "total"]), offer("mailer", &["send"])];
        Offered::new(Catalogue { services, keyless: false })
    }

    #[test]
    fn a_number_is_a_place_in_the_catalogue() {
        let offered = offered();
        assert_eq!(offered.number("cart", "1.0.0", "total"), Ok(1));
        assert_eq!(offered.number("mailer", "1.2.0", "send"), Ok(2));
        assert!(offered.serves("mailer") && !offered.serves("mail"));
        assert_eq!(offered.number("cart", "", "total"), Ok(1), "by names alone there is no version");
    }

    #[test]
    fn another_contract_is_refused_with_both_versions() {
        assert_eq!(offered().number("cart", "2.0.0", "add"), Err(NotRun::contract("cart", "2.0.0", "1.2.0")));
        assert_eq!(
            offered().number("cart", "1.3.0", "add"),
            Ok(0),
            "a node that is replaced first may call the others"
        );
    }

    #[test]
    fn what_is_not_offered_is_named_with_what_is() {
        assert!(matches!(offered().number("card", "1.0.0", "add"), Err(NotRun::NotServed { .. })));
        assert!(matches!(offered().number("cart", "1.0.0", "send"), Err(NotRun::UnknownMethod(_))));
    }
}

use std::collections::BTreeMap;

use semver::Version;

use super::Requirement;

/// Which services there are, in which versions, and where. `P` names a place: a node, or nothing in a single process.
#[derive(Clone, Debug)]
pub struct Providers<P> {
    /// By service, then by place.
    services: BTreeMap<String, BTreeMap<P, Version>>,
}

impl<P: Clone + Ord> Providers<P> {
    /// None.
    pub fn new() -> Self {
        Providers { services: BTreeMap::new() }
    }

    /// The place provides the service in this version from now on, and in no other.
    pub fn add(&mut self, place: P, service: &str, version: Version) {
        self.services.entry(service.to_owned()).or_default().insert(place, version);
    }

    /// The place no longer provides the service.
    pub fn remove(&mut self, place: &P, service: &str) {
        if let Some(places) = self.services.get_mut(service) {
            places.remove(place);
            if places.is_empty() {
                self.services.remove(service);
            }
        }
    }

    /// The place no longer provides anything.
    pub fn remove_place(&mut self, place: &P) {
        self.services.retain(|_, places| {
            places.remove(place);
            !places.is_empty()
        });
    }

    /// Whether somebody provides what is required.
    pub fn meet(&self, requirement: &Requirement) -> bool {
        let places = self.services.get(&requirement.name);
        places.is_some_and(|places| places.values().any(|version| requirement.accepts(version)))
    }

    /// The versions in which a service is provided, lowest first, each once.
    pub fn versions(&self, service: &str) -> Vec<Version> {
        let places = self.services.get(service).into_iter().flat_map(BTreeMap::values);
        let mut versions: Vec<Version> = places.cloned().collect();
        versions.sort();
        versions.dedup();
        versions
    }

    /// The same, with room for one more place.
    pub(super) fn into_optional(self) -> Providers<Option<P>> {
        let services = self.services.into_iter().map(|(service, places)| {
            let places = places.into_iter().map(|(place, version)| (Some(place), version)).collect();
            (service, places)
        });
        Providers { services: services.collect() }
    }
}

impl<P: Clone + Ord> Default for Providers<P> {
    fn default() -> Self {
        Providers::new()
    }
}

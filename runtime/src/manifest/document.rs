//! [`Manifest`]: all that a node would run.

use std::fmt;

use serde::Serialize;

use super::{ServiceEntry, SupervisorEntry};
use crate::node::{Options, RulesByType};
use crate::services::{Child, Group};

/// What a node would run that is built like this: made by [`NodeBuilder::manifest`](crate::NodeBuilder::manifest), without
/// making anything else.
///
/// It prints as a file of several documents, one for each object, grouped by their kinds. Each is JSON, and so the whole is
/// YAML, which tools for deployments read. A program that keeps the text beside its sources, and compares the two in a
/// test, shows every change of what it runs to those who review it; [`Node::apply`](crate::Node::apply) takes it back, with
/// what was edited in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// The supervision tree without its leaves, each before those below it.
    pub supervisors: Vec<SupervisorEntry>,
    /// The services, in the order in which they were said.
    pub services: Vec<ServiceEntry>,
}

/// One object of the file.
#[derive(Serialize)]
#[serde(tag = "kind")]
pub(crate) enum Document<'a> {
    Supervisor(&'a SupervisorEntry),
    Service(&'a ServiceEntry),
}

impl Manifest {
    pub(crate) fn of(root: &Group, rules: &RulesByType, options: &Options) -> Self {
        let mut manifest = Manifest::default();
        manifest.add(root, None, rules, options);
        manifest
    }

    fn add(&mut self, group: &Group, above: Option<&Group>, rules: &RulesByType, options: &Options) {
        self.supervisors.push(SupervisorEntry::of(group, above));
        for child in &group.children {
            match child {
                Child::Service(served) => {
                    self.services.push(ServiceEntry::of(served, &rules.of(served), group, options));
                }
                Child::Group(below) => self.add(below, Some(group), rules, options),
            }
        }
    }

    /// The objects, in the order of the file.
    pub(super) fn documents(&self) -> impl Iterator<Item = Document<'_>> {
        let services = self.services.iter().map(Document::Service);
        self.supervisors.iter().map(Document::Supervisor).chain(services)
    }

    /// One service of it, by name.
    pub fn service(&self, name: &str) -> Option<&ServiceEntry> {
        self.services.iter().find(|service| service.name == name)
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for document in self.documents() {
            // numbers, names and flags can always be written
            let text = serde_json::to_string_pretty(&document).map_err(|_| fmt::Error)?;
            writeln!(f, "---\n{text}")?;
        }
        Ok(())
    }
}

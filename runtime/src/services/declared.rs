//! What services say of one another, read and put into order: before anything starts.

use std::collections::BTreeSet;
use std::sync::Arc;

use consort_protocol::dependencies::{
    Declaration, Graph, GraphError, Missing, OnLost, Providers, Requirement, Strength, Version,
};
use consort_protocol::supervision::{Tree, TreeSpec};

use super::{Child, Group};
use crate::error::StartError;
use crate::node::RulesByType;
use crate::service::ServiceInfo;

/// What the overseer decides with.
pub(crate) struct Declared {
    pub(super) tree: Tree<Arc<str>>,
    /// The supervisor above each service and each group.
    pub(super) above: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) graph: Graph,
}

impl Declared {
    /// Reads the requirements of all services below `root`, and puts the children of every group into start order.
    pub(crate) fn read(root: &mut Group, rules: &RulesByType) -> Result<Self, StartError> {
        let graph = graph(root)?;
        sort(root, &graph)?;
        let mut above = Vec::new();
        let tree = Tree::new(spec(root, rules, &mut above)).map_err(StartError::BadTree)?;
        Ok(Declared { tree, above, graph })
    }

    /// The services of this node that one cannot do without. What it needs in another version comes from outside.
    pub(super) fn needs_of(&self, service: &Declaration) -> Vec<String> {
        let hard = service.requires.iter().filter(|it| it.strength == Strength::Hard);
        let here = hard
            .filter(|it| self.graph.services().iter().any(|other| other.name == it.name && it.accepts(&other.version)));
        here.map(|it| it.name.clone()).collect()
    }

    /// Names; who needs another comes before it.
    pub(crate) fn stop_order(&self) -> Vec<String> {
        self.graph.stop_order().map(str::to_owned).collect()
    }
}

/// What would be missing if all that is declared below `root` ran, and nothing else.
pub(crate) fn check(root: &Group) -> Result<Vec<Missing>, StartError> {
    Ok(graph(root)?.check(&Providers::<()>::new()))
}

fn graph(root: &Group) -> Result<Graph, StartError> {
    let mut infos = Vec::new();
    collect(root, &mut infos);
    let declarations = infos.into_iter().map(declaration).collect::<Result<Vec<_>, _>>()?;
    Graph::new(declarations).map_err(|error| match error {
        GraphError::Cycle(cycle) => StartError::DependencyCycle { cycle },
        GraphError::Duplicate(name) => {
            StartError::BadTree(consort_protocol::supervision::TreeError::Duplicate(name.into()))
        }
    })
}

fn collect(group: &Group, infos: &mut Vec<&'static ServiceInfo>) {
    for child in &group.children {
        match child {
            Child::Service(served) => infos.push(served.info),
            Child::Group(group) => collect(group, infos),
        }
    }
}

fn declaration(info: &'static ServiceInfo) -> Result<Declaration, StartError> {
    let bad = |reason: String| StartError::BadRequirement { service: info.name, reason };
    let requires = info.depends.iter().map(|it| {
        let strength = if it.hard { Strength::Hard } else { Strength::Soft };
        Requirement::parse(it.on, strength).map_err(|error| bad(error.to_string()))
    });
    Ok(Declaration {
        name: info.name.to_owned(),
        version: version(info.version).map_err(bad)?,
        requires: requires.collect::<Result<_, _>>()?,
        on_lost: if info.degrades { OnLost::Degrade } else { OnLost::Stop },
    })
}

/// Reads a version; what is left out is zero: `1.2` is 1.2.0.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn version(text: &str) -> Result<Version, String> {
    let is_short = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let missing = if is_short { 2_usize.saturating_sub(text.matches('.').count()) } else { 0 };
    let full = format!("{text}{}", ".0".repeat(missing));
    full.parse().map_err(|error| format!("`{text}` is no version: {error}; write one as in `1.2.0`"))
}

/// Puts the children of every group into an order in which each, with all below it, comes after those it needs.
/// Otherwise they stay as they were written, or as soft requirements want them.
fn sort(group: &mut Group, graph: &Graph) -> Result<(), StartError> {
    for child in &mut group.children {
        if let Child::Group(below) = child {
            sort(below, graph)?;
        }
    }
    let place = |child: &Child| {
        let services = services_of(child);
        graph.start_order().position(|name| services.contains(name))
    };
    group.children.sort_by_key(place);
    let units: Vec<BTreeSet<&'static str>> = group.children.iter().map(services_of).collect();
    let needs = |at: usize, other: usize| {
        let services = graph.services().iter().filter(|it| units[at].contains(it.name.as_str()));
        let mut needed = services.flat_map(|it| &it.requires).filter(|it| it.strength == Strength::Hard);
        at != other && needed.any(|it| units[other].contains(it.name.as_str()))
    };
    let mut left: Vec<usize> = (0..units.len()).collect();
    let mut sorted = Vec::new();
    while !left.is_empty() {
        let is_free = |at: &&usize| !left.iter().any(|other| needs(**at, *other));
        let Some(next) = left.iter().find(is_free).copied() else {
            let children = left.iter().map(|at| name_of(&group.children[*at])).collect();
            return Err(StartError::EntangledGroups { supervisor: group.name.to_string(), children });
        };
        left.retain(|at| *at != next);
        sorted.push(next);
    }
    let mut children: Vec<Option<Child>> = std::mem::take(&mut group.children).into_iter().map(Some).collect();
    group.children = sorted.into_iter().filter_map(|at| children[at].take()).collect();
    Ok(())
}

fn services_of(child: &Child) -> BTreeSet<&'static str> {
    match child {
        Child::Service(served) => BTreeSet::from([served.info.name]),
        Child::Group(group) => group.children.iter().flat_map(services_of).collect(),
    }
}

fn name_of(child: &Child) -> String {
    match child {
        Child::Service(served) => served.info.name.to_owned(),
        Child::Group(group) => group.name.to_string(),
    }
}

fn spec(group: &Group, rules: &RulesByType, above: &mut Vec<(Arc<str>, Arc<str>)>) -> TreeSpec<Arc<str>> {
    let mut spec = TreeSpec::new(group.name.clone(), group.config);
    for child in &group.children {
        spec = match child {
            Child::Service(served) => {
                let name: Arc<str> = served.info.name.into();
                above.push((name.clone(), group.name.clone()));
                spec.actor(name, rules.policy(served))
            }
            Child::Group(below) => {
                above.push((below.name.clone(), group.name.clone()));
                spec.supervisor(below.policy, self::spec(below, rules, above))
            }
        };
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn what_a_version_leaves_out_is_zero() {
        assert_eq!(version("1").unwrap().to_string(), "1.0.0");
        assert_eq!(version("1.2").unwrap().to_string(), "1.2.0");
        assert_eq!(version("1.2.3-rc.1").unwrap().to_string(), "1.2.3-rc.1");
    }

    #[test]
    fn what_is_no_version_is_named_with_what_would_be_one() {
        for bad in ["", "one", "1.x", "1.2.3.4", "."] {
            let error = version(bad).unwrap_err();
            assert!(error.contains(&format!("`{bad}` is no version")) && error.ends_with("as in `1.2.0`"), "{error}");
        }
    }
}

use std::collections::{BTreeMap, BTreeSet};

use super::{Declaration, GraphError, Missing, Providers, Requirement, Strength};

/// The services of one node in start order.
///
/// Every service comes after those it needs, and after those it can use unless these need it. Services that do not
/// depend on each other keep the order in which they were declared. A requirement that a declared service meets in
/// name but not in version orders nothing: it has to be met by another node.
///
/// ```
/// use consort_protocol::dependencies::{Declaration, Graph, OnLost, Requirement, Strength, Version};
///
/// let declare = |name: &str, needs: &[&str]| Declaration {
///     name: name.into(),
///     version: Version::new(1, 0, 0),
///     requires: needs.iter().map(|text| Requirement::parse(text, Strength::Hard).unwrap()).collect(),
///     on_lost: OnLost::Stop,
/// };
/// let graph = Graph::new(vec![declare("cart", &["inventory ^1"]), declare("inventory", &[])]).unwrap();
/// assert_eq!(graph.start_order().collect::<Vec<_>>(), ["inventory", "cart"]);
///
/// let error = Graph::new(vec![declare("a", &["b"]), declare("b", &["a"])]).unwrap_err();
/// assert!(error.to_string().contains("a → b → a"));
/// ```
#[derive(Clone, Debug)]
pub struct Graph {
    services: Vec<Declaration>,
}

impl Graph {
    /// Puts the services into start order.
    ///
    /// # Errors
    /// Two have one name, or some need each other in a cycle.
    pub fn new(declarations: Vec<Declaration>) -> Result<Self, GraphError> {
        let mut places = BTreeMap::new();
        for (place, declaration) in declarations.iter().enumerate() {
            if places.insert(declaration.name.clone(), place).is_some() {
                return Err(GraphError::Duplicate(declaration.name.clone()));
            }
        }
        let edges = |strength| -> Vec<BTreeSet<usize>> {
            let met = |it: &Requirement| {
                let place = *places.get(&it.name)?;
                (it.strength == strength && it.accepts(&declarations[place].version)).then_some(place)
            };
            declarations.iter().map(|declaration| declaration.requires.iter().filter_map(met).collect()).collect()
        };
        let order = order(&edges(Strength::Hard), &edges(Strength::Soft)).map_err(|cycle| {
            GraphError::Cycle(cycle.into_iter().map(|place| declarations[place].name.clone()).collect())
        })?;
        let mut declarations: Vec<Option<Declaration>> = declarations.into_iter().map(Some).collect();
        Ok(Graph { services: order.into_iter().filter_map(|place| declarations[place].take()).collect() })
    }

    /// Names in start order.
    pub fn start_order(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|service| service.name.as_str())
    }

    /// Names in stop order: the reverse.
    pub fn stop_order(&self) -> impl Iterator<Item = &str> {
        self.services.iter().rev().map(|service| service.name.as_str())
    }

    /// The services in start order.
    pub fn services(&self) -> &[Declaration] {
        &self.services
    }

    /// What would be missing if every declared service ran beside these others: a check before start.
    pub fn check<P: Clone + Ord>(&self, others: &Providers<P>) -> Vec<Missing> {
        let mut providers: Providers<Option<P>> = others.clone().into_optional();
        for service in &self.services {
            providers.add(None, &service.name, service.version.clone());
        }
        let all = self.services.iter();
        all.flat_map(|service| missing(service, &providers)).collect()
    }
}

/// The unmet requirements of one service, in the order of their declaration.
pub(super) fn missing<P: Clone + Ord>(service: &Declaration, providers: &Providers<P>) -> Vec<Missing> {
    let unmet = service.requires.iter().filter(|requirement| !providers.meet(requirement));
    let unmet = unmet.map(|requirement| Missing {
        service: service.name.clone(),
        requirement: requirement.clone(),
        available: providers.versions(&requirement.name),
    });
    unmet.collect()
}

/// Every place after those it has an edge to. Takes, of those whose hard edges lead back to what is placed, the first
/// one whose soft edges do too, or else the first. An error is a cycle of hard edges.
fn order(hard: &[BTreeSet<usize>], soft: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut left: BTreeSet<usize> = (0..hard.len()).collect();
    let mut order = Vec::with_capacity(hard.len());
    while !left.is_empty() {
        let mut ready = left.iter().copied().filter(|place| hard[*place].is_disjoint(&left));
        let first = ready.clone().next();
        match ready.find(|place| soft[*place].is_disjoint(&left)).or(first) {
            Some(place) => {
                left.remove(&place);
                order.push(place);
            }
            None => return Err(cycle(hard, &left)),
        }
    }
    Ok(order)
}

/// A cycle among places each of which has a hard edge to another of them: follow first edges until one comes again.
fn cycle(hard: &[BTreeSet<usize>], left: &BTreeSet<usize>) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    let mut next = left.first().copied();
    while let Some(place) = next {
        if let Some(begin) = path.iter().position(|seen| *seen == place) {
            path.push(place);
            return path.split_off(begin);
        }
        path.push(place);
        next = hard[place].intersection(left).next().copied();
    }
    path
}

use std::collections::{BTreeMap, BTreeSet};

use consort_protocol::dependencies::{
    Command, Declaration, Dependencies, Graph, GraphError, OnLost, Providers, Requirement, Standing, Strength, Version,
};
use proptest::prelude::*;

use crate::seed;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn declare(name: &str, hard: &[&str], soft: &[&str]) -> Declaration {
    let parse = |strength| move |text: &&str| Requirement::parse(text, strength).unwrap();
    let requires = hard.iter().map(parse(Strength::Hard)).chain(soft.iter().map(parse(Strength::Soft)));
    Declaration { name: name.into(), version: version("1.0.0"), requires: requires.collect(), on_lost: OnLost::Stop }
}

fn order(declarations: Vec<Declaration>) -> Result<Vec<String>, GraphError> {
    Graph::new(declarations).map(|graph| graph.start_order().map(str::to_owned).collect())
}

#[test]
fn independent_services_keep_their_order_and_dependent_ones_come_later() {
    let services = vec![
        declare("web", &["cart", "mailer"], &[]),
        declare("log", &[], &[]),
        declare("cart", &["store"], &["mailer"]),
        declare("store", &[], &[]),
        declare("mailer", &[], &[]),
    ];
    let graph = Graph::new(services).unwrap();
    let start: Vec<&str> = graph.start_order().collect();
    let mut stop: Vec<&str> = graph.stop_order().collect();
    assert_eq!(start, ["log", "store", "mailer", "cart", "web"], "cart after what it can use");
    stop.reverse();
    assert_eq!(start, stop);
}

#[test]
fn a_cycle_of_hard_requirements_is_named_and_one_with_a_soft_one_is_none() {
    let hard = vec![
        declare("x", &["a"], &[]),
        declare("a", &["b"], &[]),
        declare("b", &["c"], &[]),
        declare("c", &["a"], &[]),
    ];
    let text = "services need each other in a cycle: a → b → c → a; make one of these requirements soft";
    assert_eq!(order(hard).unwrap_err().to_string(), text);
    assert_eq!(order(vec![declare("a", &["a"], &[])]).unwrap_err(), GraphError::Cycle(vec!["a".into(), "a".into()]));
    let soft = vec![declare("a", &[], &["b"]), declare("b", &["a"], &[])];
    assert_eq!(order(soft).unwrap(), ["a", "b"]);
}

#[test]
fn a_requirement_met_by_name_but_not_by_version_orders_nothing() {
    assert_eq!(order(vec![declare("a", &["b ^2"], &[]), declare("b", &["a"], &[])]).unwrap(), ["a", "b"]);
}

#[test]
fn a_name_stands_once() {
    let error = order(vec![declare("a", &[], &[]), declare("a", &[], &[])]).unwrap_err();
    assert_eq!(error.to_string(), "two services are named a: rename one of them");
}

#[test]
fn a_check_before_start_lists_what_would_be_missing() {
    let graph =
        Graph::new(vec![declare("cart", &["store ^1", "inventory ^1.2"], &["mailer"]), declare("store", &[], &[])]);
    let mut others = Providers::new();
    others.add("b", "inventory", version("1.0.3"));
    others.add("c", "inventory", version("2.0.0"));
    others.add("d", "inventory", version("1.0.3"));
    let missing: Vec<String> = graph.unwrap().check(&others).iter().map(ToString::to_string).collect();
    let inventory = "cart needs inventory ^1.2; available 1.0.3, 2.0.0";
    assert_eq!(missing, [inventory, "cart can use mailer *; none is available"]);
}

#[test]
fn a_text_without_name_or_range_is_refused_with_what_is_right() {
    let error = Requirement::parse("  ", Strength::Hard).unwrap_err().to_string();
    assert_eq!(error, "`  ` names no service: write its name and a range of versions, as in `inventory ^1.2`");
    let range = Requirement::parse("inventory >=1.2, <1.5", Strength::Hard).unwrap().range;
    assert!(range.matches(&version("1.4.9")) && !range.matches(&version("1.5.0")));
    assert!(!range.matches(&version("1.4.0-rc.1")), "no pre-release");
}

fn drain(dependencies: &mut Dependencies<&'static str>) -> Vec<String> {
    let mut drained = Vec::new();
    while let Some(command) = dependencies.poll_command() {
        drained.push(match command {
            Command::Start { service } => format!("start {service}"),
            Command::Wait { service, .. } => format!("wait {service}"),
            Command::Stop { service, .. } => format!("stop {service}"),
            Command::Degrade { service, .. } => format!("degrade {service}"),
            Command::Resume { service } => format!("resume {service}"),
            Command::SoftLost(missing) => format!("lost {}", missing.requirement),
            Command::SoftFound { requirement, .. } => format!("found {requirement}"),
        });
    }
    drained
}

#[test]
fn services_wait_start_stop_and_start_again_with_what_they_need() {
    let services = vec![declare("web", &["cart"], &[]), declare("cart", &["inventory ^1.2"], &[])];
    let mut dependencies = Dependencies::new(Graph::new(services).unwrap());
    dependencies.handle_start();
    assert_eq!(drain(&mut dependencies), ["wait cart", "wait web"]);
    dependencies.handle_provider("b", "inventory", version("1.0.3"));
    assert_eq!(drain(&mut dependencies), ["wait cart"], "what is available has changed");
    dependencies.handle_provider("b", "inventory", version("1.2.0"));
    assert_eq!(drain(&mut dependencies), ["start cart"]);
    dependencies.handle_provider("here", "cart", version("1.0.0"));
    assert_eq!(drain(&mut dependencies), ["start web"]);

    dependencies.handle_provider("c", "inventory", version("1.3.0"));
    dependencies.handle_place_gone(&"b");
    assert!(drain(&mut dependencies).is_empty(), "another provides it");
    dependencies.handle_provider_gone(&"c", "inventory");
    assert_eq!(drain(&mut dependencies), ["stop cart"]);
    assert!(matches!(dependencies.standing("cart"), Some(Standing::Waiting(_))));
    assert!(!dependencies.is_ready("cart") && dependencies.is_ready("web"));
    dependencies.handle_provider_gone(&"here", "cart");
    assert_eq!(drain(&mut dependencies), ["stop web"]);
    assert_eq!(dependencies.missing()[1].to_string(), "web needs cart *; none is available");
    dependencies.handle_provider("c", "inventory", version("1.3.0"));
    assert_eq!(drain(&mut dependencies), ["start cart"]);
}

#[test]
fn a_loss_stops_in_reverse_start_order_and_a_return_starts_in_order() {
    let services = ["a", "b", "c"].map(|name| declare(name, &["store"], &[]));
    let mut dependencies = Dependencies::new(Graph::new(services.into()).unwrap());
    dependencies.handle_start();
    assert_eq!(drain(&mut dependencies), ["wait a", "wait b", "wait c"]);
    dependencies.handle_provider("x", "store", version("1.0.0"));
    assert_eq!(drain(&mut dependencies), ["start a", "start b", "start c"]);
    dependencies.handle_provider_gone(&"x", "store");
    assert_eq!(drain(&mut dependencies), ["stop c", "stop b", "stop a"]);
}

#[test]
fn a_service_that_can_go_on_without_is_degraded_and_resumed() {
    let cart = Declaration { on_lost: OnLost::Degrade, ..declare("cart", &["inventory", "store"], &[]) };
    let mut dependencies = Dependencies::new(Graph::new(vec![cart]).unwrap());
    for name in ["inventory", "store"] {
        dependencies.handle_provider("b", name, version("1.0.0"));
    }
    dependencies.handle_start();
    assert_eq!(drain(&mut dependencies), ["start cart"]);
    dependencies.handle_provider_gone(&"b", "inventory");
    dependencies.handle_provider_gone(&"b", "store");
    dependencies.handle_provider("b", "inventory", version("1.0.0"));
    assert_eq!(drain(&mut dependencies), ["degrade cart"; 3], "told whenever the list changes");
    dependencies.handle_provider("b", "store", version("1.0.0"));
    assert_eq!(drain(&mut dependencies), ["resume cart"]);
}

#[test]
fn a_missing_soft_one_holds_nobody_back_and_is_told_once() {
    let mut dependencies = Dependencies::new(Graph::new(vec![declare("cart", &[], &["mailer ^1"])]).unwrap());
    dependencies.handle_start();
    assert_eq!(drain(&mut dependencies), ["start cart", "lost mailer ^1"]);
    dependencies.handle_provider("b", "mailer", version("2.0.0"));
    assert!(drain(&mut dependencies).is_empty());
    assert_eq!(dependencies.soft_missing("cart").len(), 1);
    dependencies.handle_provider("b", "mailer", version("1.0.0"));
    assert_eq!(drain(&mut dependencies), ["found mailer ^1"]);
}

/// Six services, and for each which others it needs or can use.
fn graphs() -> impl Strategy<Value = Vec<(BTreeSet<usize>, BTreeSet<usize>)>> {
    let some = || prop::collection::btree_set(0..6_usize, 0..3);
    prop::collection::vec((some(), some()), 6)
}

fn declarations(graph: &[(BTreeSet<usize>, BTreeSet<usize>)]) -> Vec<Declaration> {
    let declaration = |(place, (hard, soft)): (usize, &(BTreeSet<usize>, BTreeSet<usize>))| {
        let hard = hard.iter().map(|it| (it, Strength::Hard));
        let requires = hard.chain(soft.iter().map(|it| (it, Strength::Soft)));
        let requires = requires.map(|(it, strength)| Requirement::parse(&format!("s{it}"), strength).unwrap());
        Declaration { requires: requires.collect(), ..declare(&format!("s{place}"), &[], &[]) }
    };
    graph.iter().enumerate().map(declaration).collect()
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn an_order_respects_every_hard_edge_or_a_true_cycle_is_named(graph in graphs()) {
        let needs = |one: &str, other: &str| {
            let number = |name: &str| name[1..].parse::<usize>().unwrap();
            graph[number(one)].0.contains(&number(other))
        };
        match order(declarations(&graph)) {
            Ok(order) => {
                prop_assert_eq!(order.len(), 6);
                for (place, service) in order.iter().enumerate() {
                    prop_assert!(order[place..].iter().all(|later| !needs(service, later)), "{:?}", order);
                }
            }
            Err(GraphError::Cycle(path)) => {
                prop_assert!(path.len() > 1 && path.first() == path.last());
                prop_assert!(path.windows(2).all(|pair| needs(&pair[0], &pair[1])), "{:?}", path);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn services_run_exactly_while_they_have_what_they_need(
        graph in graphs(), degrade: bool, changes in prop::collection::vec((0..6_usize, 0..2_u8, any::<bool>()), 0..60),
    ) {
        let mut services = declarations(&graph);
        for service in &mut services {
            service.on_lost = if degrade { OnLost::Degrade } else { OnLost::Stop };
        }
        let Ok(order) = Graph::new(services) else { return Ok(()) };
        let mut provided: BTreeSet<(usize, u8)> = BTreeSet::new();
        let mut dependencies = Dependencies::new(order);
        dependencies.handle_start();
        let mut running: BTreeMap<String, bool> = BTreeMap::new();
        for (service, place, up) in changes {
            let name = format!("s{service}");
            if up {
                provided.insert((service, place));
                dependencies.handle_provider(place, &name, version("1.0.0"));
            } else {
                provided.remove(&(service, place));
                dependencies.handle_provider_gone(&place, &name);
            }
            while let Some(command) = dependencies.poll_command() {
                match command {
                    Command::Start { service } => prop_assert_ne!(running.insert(service, true), Some(true)),
                    Command::Stop { service, .. } => {
                        prop_assert!(!degrade);
                        prop_assert_eq!(running.insert(service, false), Some(true));
                    }
                    Command::Degrade { service, .. } | Command::Resume { service } => {
                        prop_assert!(degrade && running[&service]);
                    }
                    Command::Wait { service, missing } => {
                        prop_assert!(!missing.is_empty() && running.get(&service) != Some(&true));
                    }
                    Command::SoftLost(_) | Command::SoftFound { .. } => {}
                }
            }
            for (number, (hard, _)) in graph.iter().enumerate() {
                let name = format!("s{number}");
                let is_provided = |it: &usize| provided.iter().any(|(service, _)| service == it);
                let (ready, runs) = (hard.iter().all(is_provided), running.get(&name) == Some(&true));
                prop_assert_eq!(dependencies.is_ready(&name), ready, "{}", name);
                prop_assert!(if degrade { runs || !ready } else { runs == ready }, "{}: {} {}", name, ready, runs);
                let well = matches!(dependencies.standing(&name), Some(Standing::Ready));
                prop_assert_eq!(well, ready);
            }
        }
    }
}

use std::collections::{BTreeMap, BTreeSet};

use consort_protocol::supervision::{ExitReason, LinkError, Links, Watched, Watches};
use proptest::prelude::*;

use crate::seed;

fn panic() -> ExitReason {
    ExitReason::Panic("x".into())
}

#[test]
fn a_normal_stop_dissolves_links_and_spares_partners() {
    let mut links = Links::new();
    links.handle_link("a", "b").unwrap();
    assert!(links.handle_exit(&"a", &ExitReason::Normal).is_empty());
    assert!(links.is_empty());
    assert!(links.handle_exit(&"b", &panic()).is_empty());
}

#[test]
fn an_unlinked_actor_is_spared() {
    let mut links = Links::new();
    links.handle_link("a", "b").unwrap();
    links.handle_unlink(&"b", &"a");
    assert!(links.is_empty());
}

#[test]
fn an_actor_is_not_linked_to_itself_nor_to_too_many() {
    let mut links = Links::new();
    assert_eq!(links.handle_link(0, 0), Err(LinkError::Itself(0)));
    (1..=1_024).for_each(|partner| links.handle_link(0, partner).unwrap());
    let error = links.handle_link(2_000, 0).unwrap_err();
    assert_eq!(error.to_string(), "0 has 1024 links already, and no actor may have more");
    assert_eq!(links.partners(&2_000).count(), 0, "nothing changed");
    links.handle_link(0, 1).unwrap(); // is one of them already
}

#[test]
fn a_watcher_is_told_at_once_of_what_is_already_gone() {
    let mut watches = Watches::new();
    let notice = watches.handle_watch("w", "a", Watched::Gone(panic())).unwrap();
    assert_eq!((notice.watcher, notice.watched, notice.reason), ("w", "a", panic()));
    assert!(watches.is_empty());
}

#[test]
fn a_watcher_that_ended_or_changed_its_mind_is_not_told() {
    let mut watches = Watches::new();
    watches.handle_watch("v", "a", Watched::Alive);
    watches.handle_watch("w", "a", Watched::Alive);
    watches.handle_watch("x", "a", Watched::Alive);
    watches.handle_exit(&"v", &ExitReason::Normal);
    watches.handle_unwatch(&"w", &"a");
    let told: Vec<_> = watches.handle_exit(&"a", &panic()).into_iter().map(|notice| notice.watcher).collect();
    assert_eq!(told, ["x"]);
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn all_that_are_linked_to_a_crash_end_exactly_once(
        pairs in prop::collection::vec((0_u8..8, 0_u8..8), 0..20), first in 0_u8..8,
    ) {
        let mut links = Links::new();
        let mut groups: BTreeMap<u8, BTreeSet<u8>> = (0..8).map(|actor| (actor, BTreeSet::from([actor]))).collect();
        for (one, other) in pairs {
            if links.handle_link(one, other).is_ok() {
                let merged: BTreeSet<u8> = groups[&one].union(&groups[&other]).copied().collect();
                merged.iter().for_each(|actor| drop(groups.insert(*actor, merged.clone())));
            }
        }
        let doomed = links.handle_exit(&first, &panic());
        let mut expected = groups[&first].clone();
        expected.remove(&first);
        prop_assert_eq!(doomed.len(), expected.len(), "each once");
        prop_assert_eq!(doomed.iter().copied().collect::<BTreeSet<_>>(), expected);
        for actor in doomed {
            prop_assert!(links.handle_exit(&actor, &ExitReason::Linked("first".into())).is_empty());
        }
    }

    #[test]
    fn each_watcher_is_told_exactly_once(watches_of in prop::collection::vec((0_u8..6, 0_u8..6), 0..30)) {
        let (mut watches, mut expected) = (Watches::new(), BTreeSet::new());
        for (watcher, watched) in watches_of {
            watches.handle_watch(watcher, watched, Watched::Alive);
            expected.insert((watcher, watched));
        }
        let mut gone = BTreeSet::new();
        for actor in 0..6 {
            gone.insert(actor);
            for notice in watches.handle_exit(&actor, &ExitReason::Normal) {
                prop_assert!(!gone.contains(&notice.watcher), "the dead are not told");
                prop_assert!(expected.remove(&(notice.watcher, notice.watched)), "told twice");
            }
            expected.retain(|(watcher, _)| *watcher != actor);
            prop_assert!(expected.iter().all(|(_, watched)| *watched != actor), "somebody was not told");
        }
        prop_assert!(watches.is_empty());
    }
}

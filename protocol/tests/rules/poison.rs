use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use consort_protocol::supervision::{Poison, PoisonConfig, PoisonVerdict};
use consort_protocol::time::Moment;

const NOW: Moment = Moment::START;

fn poison() -> Poison<&'static str, u64> {
    let (suspects_max, activations_max) = (NonZeroUsize::new(2).unwrap(), NonZeroUsize::new(2).unwrap());
    Poison::new(PoisonConfig { suspects_max, activations_max, ..Default::default() })
}

fn redeliver(crashes: u32) -> PoisonVerdict {
    PoisonVerdict::Redeliver { crashes: NonZeroU32::new(crashes).unwrap() }
}

fn park(crashes: u32) -> PoisonVerdict {
    PoisonVerdict::Park { crashes: NonZeroU32::new(crashes).unwrap() }
}

#[test]
fn the_third_crash_in_a_row_parks_a_message_and_forgets_it() {
    let mut poison = poison();
    assert_eq!([0; 3].map(|_| poison.handle_crash(&"a", &1, NOW)), [redeliver(1), redeliver(2), park(3)]);
    assert!(!poison.has_suspects(&"a"));
    assert_eq!(poison.handle_crash(&"a", &1, NOW), redeliver(1), "a replayed one has three tries again");
}

#[test]
fn its_own_success_acquits_a_message_and_that_of_others_does_not() {
    let mut poison = poison();
    poison.handle_crash(&"a", &1, NOW);
    poison.handle_crash(&"a", &1, NOW);
    poison.handle_success(&"a", &2);
    assert_eq!(poison.handle_crash(&"a", &1, NOW), park(3));
    poison.handle_crash(&"a", &1, NOW);
    poison.handle_success(&"a", &1);
    assert!(!poison.has_suspects(&"a"));
}

#[test]
fn the_same_message_is_counted_for_each_activation_by_itself() {
    let mut poison = poison();
    poison.handle_crash(&"a", &1, NOW);
    poison.handle_crash(&"a", &1, NOW);
    assert_eq!(poison.handle_crash(&"b", &1, NOW), redeliver(1));
}

#[test]
fn the_oldest_suspect_makes_room_and_further_activations_are_not_counted() {
    let mut poison = poison();
    (1..=3).for_each(|message| _ = poison.handle_crash(&"a", &message, NOW));
    assert_eq!(poison.handle_crash(&"a", &3, NOW), redeliver(2));
    assert_eq!(poison.handle_crash(&"a", &1, NOW), redeliver(1), "it was forgotten");
    poison.handle_crash(&"b", &1, NOW);
    assert_eq!([0; 2].map(|_| poison.handle_crash(&"c", &1, NOW)), [redeliver(1); 2], "no room");
    let later = NOW + Duration::from_secs(600);
    assert_eq!(poison.handle_crash(&"c", &1, later), redeliver(1));
    assert_eq!(poison.handle_crash(&"c", &1, later), redeliver(2), "the others are forgotten");
}

#[test]
fn a_suspicion_is_dropped_after_ten_minutes_also_without_another_crash() {
    let mut poison = poison();
    poison.handle_crash(&"a", &1, NOW);
    assert_eq!(poison.crashes(&"a", &1).map(NonZeroU32::get), Some(1));
    poison.handle_timeout(NOW + Duration::from_secs(599));
    assert!(!poison.is_empty());
    poison.handle_timeout(NOW + Duration::from_secs(600));
    assert!(poison.is_empty() && poison.crashes(&"a", &1).is_none());
}

#[test]
fn one_crash_may_be_enough() {
    let mut poison = Poison::new(PoisonConfig { crashes: NonZeroU32::MIN, ..Default::default() });
    assert_eq!(poison.handle_crash(&"a", &1, NOW), park(1));
}

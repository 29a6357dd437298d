use std::num::NonZeroU32;
use std::time::Duration;

use consort_protocol::scaling::{Scaler, ScalingConfig};
use consort_protocol::time::{Moment, Percent};
use proptest::prelude::*;

use crate::seed;

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn between(least: u32, most: u32) -> ScalingConfig {
    ScalingConfig { window: Duration::from_secs(1), ..ScalingConfig::between(number(least), number(most)) }
}

/// Ten looks in a second that find all or none at work; the number of members after it.
fn second(scaler: &mut Scaler, from: u64, at_work: bool) -> u32 {
    for look in 1..=10 {
        let busy = if at_work { scaler.members().get() } else { 0 };
        let _ = scaler.handle_look(busy, Moment::START + Duration::from_millis(from * 1_000 + look * 100));
    }
    scaler.members().get()
}

#[test]
fn a_busy_pool_grows_by_half_up_to_its_most() {
    let mut scaler = Scaler::new(between(2, 8), Moment::START);
    let sizes: Vec<u32> = (0..5).map(|from| second(&mut scaler, from, true)).collect();
    assert_eq!(sizes, [3, 5, 8, 8, 8]);
}

#[test]
fn an_idle_pool_shrinks_one_by_one_down_to_its_least() {
    let mut scaler = Scaler::new(between(2, 5), Moment::START);
    (0..2).for_each(|from| _ = second(&mut scaler, from, true));
    let sizes: Vec<u32> = (2..7).map(|from| second(&mut scaler, from, false)).collect();
    assert_eq!(sizes, [4, 3, 2, 2, 2]);
}

#[test]
fn the_thresholds_belong_to_growing_and_to_shrinking_and_nothing_changes_between() {
    for (busy, members) in [(70, 15), (69, 10), (31, 10), (30, 9), (0, 9), (100, 15)] {
        let config = ScalingConfig { least: number(1), ..between(1, 100) };
        let mut scaler = Scaler::new(config, Moment::START);
        // up to ten members
        let mut from = 0;
        while scaler.members().get() < 10 {
            let at = Moment::START + Duration::from_secs(from + 1);
            scaler.handle_look(scaler.members().get(), at);
            from += 1;
        }
        while scaler.members().get() > 10 {
            from += 1;
            scaler.handle_look(0, Moment::START + Duration::from_secs(from));
        }
        // 100 looks at members in the next second
        for look in 0..10 {
            let at = Moment::START + Duration::from_secs(from) + Duration::from_millis(100 * (look + 1));
            scaler.handle_look(busy / 10 + u32::from(look < u64::from(busy % 10)), at);
        }
        assert_eq!(scaler.members().get(), members, "{busy} %");
    }
}

#[test]
fn a_window_that_is_not_over_decides_nothing() {
    let mut scaler = Scaler::new(between(1, 4), Moment::START);
    for millis in 0..1_000 {
        assert_eq!(scaler.handle_look(1, Moment::START + Duration::from_millis(millis)), None);
    }
    assert_eq!(scaler.handle_look(1, Moment::START + Duration::from_secs(1)), Some(number(2)));
}

#[test]
fn a_most_below_the_least_is_the_least_and_such_a_pool_is_fixed() {
    let config = between(3, 1);
    assert!(config.is_fixed() && ScalingConfig::fixed(number(4)).is_fixed() && !between(1, 2).is_fixed());
    let mut scaler = Scaler::new(config, Moment::START);
    assert_eq!([second(&mut scaler, 0, true), second(&mut scaler, 1, false)], [3, 3]);
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn whatever_is_seen_the_number_stays_within_its_limits_and_each_change_is_told_once(
        (least, most) in (1_u32..20, 1_u32..20),
        (grow, shrink) in (0_u8..=100, 0_u8..=100),
        looks in prop::collection::vec((0_u32..40, 0_u64..3_000), 1..200),
    ) {
        let (grow_at, shrink_at) = (Percent::of(grow), Percent::of(shrink));
        let config = ScalingConfig { grow_at, shrink_at, ..between(least, most) };
        let mut scaler = Scaler::new(config, Moment::START);
        let (mut now, mut members) = (Moment::START, least);
        for (busy, later) in looks {
            now = now + Duration::from_millis(later);
            if let Some(changed) = scaler.handle_look(busy, now) {
                prop_assert_ne!(changed.get(), members);
                members = changed.get();
            }
            prop_assert_eq!(scaler.members().get(), members);
            prop_assert!((least..=most.max(least)).contains(&members));
        }
    }
}

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use consort_protocol::time::{Backoff, Chance, Intensity, Moment, Percent, RestartWindow};
use proptest::prelude::*;

use crate::seed;

#[test]
fn moments_and_delays_saturate_instead_of_overflowing() {
    let last = Moment::after_start(Duration::MAX);
    assert_eq!(last + Duration::from_secs(1), last);
    let endless = Backoff { first: Duration::MAX, max: Duration::MAX, ..Backoff::default() };
    assert_eq!(endless.delay(u32::MAX, Chance::ZERO), Duration::MAX);
    assert!(endless.delay(u32::MAX, Chance::from_bits(u64::MAX)) < Duration::MAX);
    assert_eq!(Backoff::NONE.delay(u32::MAX, Chance::ZERO), Duration::ZERO);
}

#[test]
fn an_intensity_of_zero_allows_nothing() {
    let none = Intensity { restarts: 0, within: Duration::ZERO };
    assert!(!RestartWindow::default().try_record(&none, Moment::START));
}

#[test]
fn chance_is_below_one() {
    assert!(Chance::from_bits(u64::MAX).value() < 1.0);
    assert_eq!(Chance::from_bits(0), Chance::ZERO);
}

proptest! {
    #![proptest_config(seed::config())]

    #[test]
    fn jitter_only_shortens_and_only_by_its_share(
        attempt in 0_u32..40, bits: u64, jitter in 0_u8..=100, factor in 1_u32..5, first in 0_u64..500,
    ) {
        let backoff = Backoff {
            immediate: 2,
            first: Duration::from_millis(first),
            factor: NonZeroU32::new(factor).unwrap(),
            max: Duration::from_secs(10),
            jitter: Percent::of(jitter),
        };
        let full = backoff.delay(attempt, Chance::ZERO);
        let delay = backoff.delay(attempt, Chance::from_bits(bits));
        prop_assert!(delay <= full && full <= backoff.max);
        let least = full.as_secs_f64() * (1.0 - f64::from(jitter) / 100.0);
        prop_assert!(delay.as_secs_f64() >= least - 1e-6);
        prop_assert!(backoff.delay(attempt + 1, Chance::ZERO) >= full);
    }

    #[test]
    fn a_window_says_what_counting_says(
        restarts in 0_u32..5, within in 0_u64..50, gaps in prop::collection::vec(0_u64..20, 0..60),
    ) {
        let intensity = Intensity { restarts, within: Duration::from_millis(within) };
        let (mut window, mut recorded, mut now) = (RestartWindow::default(), VecDeque::new(), 0);
        for gap in gaps {
            now += gap;
            let recent = recorded.iter().filter(|at| now - **at <= within).count();
            let allowed = window.try_record(&intensity, Moment::after_start(Duration::from_millis(now)));
            prop_assert_eq!(allowed, recent < restarts as usize);
            if allowed {
                recorded.push_back(now);
            }
        }
    }
}

use std::future::{pending, ready};

use consort_testkit::poll_now;

#[test]
fn a_future_is_polled_once() {
    assert_eq!(poll_now(&mut ready(1)), Some(1));
    assert_eq!(poll_now(&mut pending::<u32>()), None);
}

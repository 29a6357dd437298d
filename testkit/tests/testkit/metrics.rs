use consort_testkit::Metrics;
use metrics::{counter, gauge, histogram};

#[test]
fn a_value_is_the_sum_over_all_series_that_have_the_labels() {
    let metrics = Metrics::capture();
    counter!("calls", "method" => "add", "outcome" => "ok").increment(2);
    counter!("calls", "method" => "add", "outcome" => "app").increment(1);
    counter!("calls", "method" => "total", "outcome" => "ok").increment(4);
    assert_eq!(metrics.value("calls", &[("method", "add")]), Some(3.0));
    assert_eq!(metrics.value("calls", &[("outcome", "ok")]), Some(6.0));
    assert_eq!(metrics.value("calls", &[]), Some(7.0));
    assert_eq!((metrics.value("calls", &[("method", "reset")]), metrics.value("errors", &[])), (None, None));
}

#[test]
fn a_gauge_has_its_last_value_and_a_histogram_how_many_it_got() {
    let metrics = Metrics::capture();
    gauge!("depth").set(7.0);
    gauge!("depth").decrement(3.0);
    histogram!("seconds").record(0.5);
    histogram!("seconds").record_many(2.0, 3);
    assert_eq!(metrics.value("depth", &[]), Some(4.0));
    assert_eq!((metrics.value("seconds", &[]), metrics.largest("seconds", &[])), (Some(4.0), Some(2.0)));
}

#[test]
fn nothing_is_captured_after() {
    let first = Metrics::capture();
    drop(first);
    counter!("calls").increment(1);
    assert_eq!(Metrics::capture().value("calls", &[]), None);
}

#[tokio::test(start_paused = true)]
async fn an_expectation_waits_for_its_value_and_names_what_did_not_come() {
    let metrics = Metrics::capture();
    let later = tokio::spawn(async {
        tokio::task::yield_now().await;
        counter!("calls").increment(1);
    });
    metrics.expect("calls", &[], 1.0).await;
    later.await.unwrap();
    drop(metrics);
    let fails = tokio::task::LocalSet::new();
    let message = fails
        .run_until(async {
            let panic = tokio::task::spawn_local(async { Metrics::capture().expect("calls", &[], 2.0).await }).await;
            *panic.unwrap_err().into_panic().downcast::<String>().unwrap()
        })
        .await;
    assert!(message.contains("calls [] to be 2") && message.contains("metrics.rs"), "{message}");
}

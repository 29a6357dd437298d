use consort_testkit::Records;
use tracing::Level;

use crate::panic_of;

#[test]
fn a_record_has_its_level_text_and_spans() {
    let records = Records::capture();
    let outer = tracing::info_span!("order", id = 7);
    let inner = outer.in_scope(|| tracing::info_span!("item", name = "pen"));
    inner.in_scope(|| tracing::warn!(left = 0, "sold out"));
    tracing::info!("bare");
    let all = records.all();
    assert_eq!((all[0].level, all[0].text.as_str()), (Level::WARN, "sold out left=0"));
    assert_eq!(all[0].spans, ["order id=7", "item name=pen"]);
    assert_eq!((all[1].text.as_str(), all[1].spans.len()), ("bare", 0));
}

#[test]
fn spans_are_kept_in_the_order_in_which_they_were_made() {
    let records = Records::capture();
    let order = tracing::info_span!("order", id = 7);
    order.in_scope(|| drop(tracing::info_span!("item", name = "pen")));
    drop(tracing::info_span!("other"));
    assert_eq!(records.spans(), [vec!["order id=7"], vec!["order id=7", "item name=pen"], vec!["other"]]);
}

#[test]
fn nothing_is_captured_before_or_after() {
    tracing::info!("before");
    let records = Records::capture();
    assert_eq!(records.all(), []);
    drop(records);
    tracing::info!("after");
    assert_eq!(Records::capture().all(), []);
}

#[tokio::test]
async fn a_record_that_is_not_there_fails_the_test_with_those_that_are() {
    let looks = async {
        let records = Records::capture();
        tracing::info!("something else");
        records.find("sold out");
    };
    let message = panic_of(looks).await;
    assert!(message.contains("sold out") && message.contains("something else"), "{message}");
}

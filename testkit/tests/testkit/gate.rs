use consort_testkit::{Gate, poll_now, until};

#[tokio::test]
async fn a_closed_gate_lets_through_as_many_as_it_is_told() {
    let gate = Gate::closed();
    let mut handlers = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let gate = gate.clone();
        handlers.spawn(async move { gate.pass().await });
    }
    gate.reached(3).await;
    assert_eq!((gate.arrived(), gate.passed()), (3, 0));
    gate.let_through(2);
    until(|| gate.passed() == 2).await;
    gate.open();
    handlers.join_all().await;
    assert_eq!(gate.passed(), 3);
}

#[test]
fn an_open_gate_stays_open() {
    let gate = Gate::opened();
    for _ in 0..10 {
        assert!(poll_now(&mut Box::pin(gate.pass())).is_some());
    }
    assert_eq!((gate.arrived(), gate.passed()), (10, 10));
}

#[test]
fn one_that_gives_up_takes_nobodys_turn() {
    let gate = Gate::closed();
    assert!(poll_now(&mut Box::pin(gate.pass())).is_none());
    gate.let_through(1);
    assert!(poll_now(&mut Box::pin(gate.pass())).is_some());
    assert_eq!((gate.arrived(), gate.passed()), (2, 1));
}

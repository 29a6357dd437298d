//! Who does not belong is refused, and learns why.

use consort_cluster::transport::{
    ClusterId, Identity, Lane, Lost, Refusal, Refused, Transport, TransportConfig, Versions, Why, dev_certificates,
};
use consort_protocol::cluster::NodeId;

use crate::certificates::{Authority, Validity};
use crate::echo::Echo;
use crate::nodes::{config, folder, identity, life, node, soon};

/// What node 1 hears when it greets node 2 as `theirs`.
async fn greet(ours: Identity, theirs: Identity) -> Refusal {
    let a = Transport::bind(config(), ours, Echo::new()).await.unwrap();
    let b = Transport::bind(config(), theirs, Echo::new()).await.unwrap();
    refusal(soon(a.greet(b.address())).await.unwrap_err())
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Refusal { refusal, .. } => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn another_cluster_is_refused() {
    let theirs = Identity { cluster: ClusterId::new("bank").unwrap(), ..identity(2) };
    // The one that is dialled sees it first, so the name that is said is the dialler's.
    assert_eq!(greet(identity(1), theirs).await, Refusal::OtherCluster { theirs: "test".into() });
}

#[tokio::test]
async fn another_version_is_refused() {
    let theirs = Identity { versions: Versions { low: 7, high: 9 }, ..identity(2) };
    // the one that is dialled refuses: it is the one with the later versions
    let refusal = Refusal::NoCommonVersion { refusing: theirs.versions, refused: Versions::CURRENT };
    assert_eq!(greet(identity(1), theirs).await, refusal);
}

#[tokio::test]
async fn a_copied_identity_is_refused() {
    let theirs = Identity { life: life(1, 2), ..identity(1) };
    assert_eq!(greet(identity(1), theirs).await, Refusal::OwnIdentity(life(1, 1)));
}

#[tokio::test]
async fn an_address_that_leads_back_is_refused() {
    let a = node(1, Echo::new()).await;
    assert_eq!(refusal(soon(a.greet(a.address())).await.unwrap_err()), Refusal::Itself);
}

#[tokio::test]
async fn somebody_else_than_was_expected_is_refused_and_nothing_is_sent() {
    let echo = Echo::new();
    let (a, b) = (node(1, Echo::new()).await, node(2, echo.clone()).await);
    let expected = NodeId::new(3).unwrap();
    let link = a.link(b.address(), Some(expected));
    let refusal = Refusal::NotExpected { expected, found: life(2, 1) };
    assert_eq!(soon(link.ask(Lane::Call(1), |to| to.push(1))).await, Err(Lost::NotSent(Why::Refused(refusal))));
    assert!(echo.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_stranger_s_certificate_is_refused_by_both_sides() {
    let certificates = dev_certificates(&folder("strangers")).unwrap();
    let stranger = TransportConfig { certificates, ..config() };
    let stranger = Transport::bind(stranger, identity(2), Echo::new()).await.unwrap();
    let a = node(1, Echo::new()).await;
    assert_eq!(refusal(soon(a.greet(stranger.address())).await.unwrap_err()), Refusal::WrongAuthority);
    assert_eq!(refusal(soon(stranger.greet(a.address())).await.unwrap_err()), Refusal::WrongAuthority);
}

#[tokio::test]
async fn a_certificate_that_expires_meanwhile_is_refused() {
    let authority = Authority::new("expires");
    let at = |validity| TransportConfig { certificates: authority.certificates(validity), ..config() };
    let (valid, short) = (at(Validity::Now), at(Validity::ASecond));
    let valid = Transport::bind(valid, identity(1), Echo::new()).await.unwrap();
    let short = Transport::bind(short, identity(2), Echo::new()).await.unwrap();
    // A certificate's end is a second of the wall clock; there is nothing else to wait for.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(refusal(soon(valid.greet(short.address())).await.unwrap_err()), Refusal::Expired);
    assert_eq!(refusal(soon(short.greet(valid.address())).await.unwrap_err()), Refusal::Expired);
}

//! Certificates that cannot be used are found at the start, each with its file.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use consort_cluster::transport::{
    BindError, CertificateError, Certificates, Transport, TransportConfig, dev_certificates,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

use crate::echo::Echo;
use crate::nodes::{config, folder, identity};

/// An authority and its files, in a folder of one test.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// When a certificate is good.
#[derive(Clone, Copy, Debug)]
pub enum Validity {
    Now,
    Past,
    Future,
    /// Until a second from now.
    ASecond,
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let folder = folder(name);
        fs::create_dir_all(&folder).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        fs::write(folder.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Authority { folder, issuer: Issuer::new(params, key) }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a certificate and its key.
    fn write(&self, validity: Validity, cert: &str, key: &str) {
        let pair = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["node".to_owned()]).unwrap();
        match validity {
            Validity::Now => {}
            Validity::Past => params.not_after = date_time_ymd(2020, 1, 1),
            Validity::Future => params.not_before = date_time_ymd(4000, 1, 1),
            Validity::ASecond => params.not_after = (SystemTime::now() + Duration::from_secs(1)).into(),
        }
        fs::write(self.file(cert), params.signed_by(&pair, &self.issuer).unwrap().pem()).unwrap();
        fs::write(self.file(key), pair.serialize_pem()).unwrap();
    }

    fn read(&self, cert: &str, key: &str) -> Result<Certificates, CertificateError> {
        Certificates::from_files(&self.file("ca.pem"), &self.file(cert), &self.file(key))
    }

    pub fn certificates(&self, validity: Validity) -> Certificates {
        let (cert, key) = (format!("{validity:?}.pem"), format!("{validity:?}.key"));
        self.write(validity, &cert, &key);
        self.read(&cert, &key).unwrap()
    }
}

#[test]
fn each_mistake_in_the_files_is_its_own_error_and_names_its_file() {
    let ours = Authority::new("mistakes");
    ours.write(Validity::Now, "good.pem", "good.key");
    ours.write(Validity::Now, "other.pem", "other.key");
    ours.write(Validity::Past, "past.pem", "past.key");
    ours.write(Validity::Future, "future.pem", "future.key");
    Authority::new("mistakes-of-others").write(Validity::Now, "../mistakes/foreign.pem", "../mistakes/foreign.key");
    fs::write(ours.file("text.pem"), "no certificate").unwrap();
    assert!(ours.read("good.pem", "good.key").is_ok());
    for (cert, key, wanted, named) in [
        ("none.pem", "good.key", "there is no file", "none.pem"),
        ("good.pem", "none.key", "there is no file", "none.key"),
        (".", "good.key", "cannot be read", "mistakes"),
        ("text.pem", "good.key", "has no certificate", "text.pem"),
        ("good.pem", "text.pem", "has no private key", "text.pem"),
        ("good.pem", "other.key", "does not belong", "other.key"),
        ("past.pem", "past.key", "is expired", "past.pem"),
        ("future.pem", "future.key", "not valid yet", "future.pem"),
        ("foreign.pem", "foreign.key", "not signed by the authority", "foreign.pem"),
    ] {
        let error = ours.read(cert, key).unwrap_err().to_string();
        assert!(error.contains(wanted) && error.contains(named), "{cert} with {key}: {error}");
    }
}

#[test]
fn development_certificates_of_one_folder_trust_each_other_however_many_make_them_at_once() {
    let folder = folder("at-once");
    let _ = fs::remove_dir_all(&folder);
    std::thread::scope(|scope| {
        let made: Vec<_> = (0..8).map(|_| scope.spawn(|| dev_certificates(&folder).unwrap())).collect();
        made.into_iter().for_each(|certificates| assert!(certificates.join().unwrap().are_for_development()));
    });
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "drafts are removed");
}

#[tokio::test]
async fn development_certificates_are_refused_in_a_release_build_on_a_public_address() {
    for (bind, development, is_refused) in [
        ("0.0.0.0:0", false, true),
        ("[::]:0", false, true),
        ("8.8.8.8:0", false, true),
        ("0.0.0.0:0", true, false),
        ("127.0.0.1:0", false, false),
    ] {
        let config = TransportConfig { bind: bind.parse().unwrap(), development, ..config() };
        let bound = Transport::bind(config, identity(1), Echo::new()).await;
        assert_eq!(matches!(bound, Err(BindError::Development(_))), is_refused, "{bind}: {bound:?}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = Transport::bind(config(), identity(1), Echo::new()).await.unwrap();
    let config = TransportConfig { bind: first.address(), ..config() };
    let error = Transport::bind(config, identity(2), Echo::new()).await.unwrap_err();
    assert!(matches!(error, BindError::InUse(address) if address == first.address()), "{error}");
}

#[tokio::test]
async fn a_broken_key_of_the_transport_is_named() {
    let data = folder("broken-key");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("transport.key"), "short").unwrap();
    let error = Transport::bind(TransportConfig { data: Some(data), ..config() }, identity(1), Echo::new()).await;
    assert!(error.unwrap_err().to_string().contains("transport.key"));
}

//! Certificates for tests, which nobody else on the machine has.

use std::path::PathBuf;
use std::sync::LazyLock;

use consort_cluster::Identity;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// Certificates of an authority that is this process's own.
pub fn identity() -> Identity {
    static FILES: LazyLock<(tempfile::TempDir, Identity)> = LazyLock::new(|| {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| -> PathBuf {
            let file = directory.path().join(name);
            std::fs::write(&file, text).unwrap();
            file
        };
        let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "tests of whole nodes");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca = write("ca.pem", authority.self_signed(&ca_key).unwrap().pem());
        let mut node = CertificateParams::new(vec!["node".to_owned()]).unwrap();
        node.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = node.signed_by(&key, &Issuer::new(authority, ca_key)).unwrap();
        let identity =
            Identity { ca, cert: write("node.pem", certificate.pem()), key: write("node.key", key.serialize_pem()) };
        (directory, identity)
    });
    FILES.1.clone()
}

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::CertificateError;
use super::proof::{provider, verify};

/// The authority whose nodes are let in, and what proves that this node is one of them. Cheap to clone.
#[derive(Clone)]
pub struct Certificates {
    pub(in crate::transport) roots: Arc<RootCertStore>,
    pub(in crate::transport) own: Arc<CertifiedKey>,
    development: bool,
}

impl Certificates {
    /// Reads them from PEM files: the authority's certificate, the node's with those between it and the authority, and
    /// its private key.
    ///
    /// # Errors
    /// [`CertificateError`] names the file that is missing, unreadable, malformed, expired or does not fit the others.
    pub fn from_files(ca: &Path, cert: &Path, key: &Path) -> Result<Self, CertificateError> {
        let authority = certificates(ca, "certificate of an authority")?;
        let chain = certificates(cert, "certificate")?;
        let private = PrivateKeyDer::from_pem_slice(&read(key)?)
            .map_err(|problem| malformed(key, "private key", &problem.to_string()))?;
        let files = Files { ca, cert, key };
        Self::check(authority, chain, private, &files, false)
    }

    pub(super) fn check(
        authority: Vec<CertificateDer<'static>>,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        files: &Files<'_>,
        development: bool,
    ) -> Result<Self, CertificateError> {
        let mut roots = RootCertStore::empty();
        for certificate in authority {
            let added = roots.add(certificate);
            added.map_err(|problem| malformed(files.ca, "certificate of an authority", &problem.to_string()))?;
        }
        let signing = provider().key_provider.load_private_key(key);
        let signing = signing.map_err(|problem| malformed(files.key, "private key", &problem.to_string()))?;
        let own = CertifiedKey::new(chain, signing);
        own.keys_match().map_err(|problem| match problem {
            rustls::Error::InconsistentKeys(_) => {
                CertificateError::Mismatch { key: files.key.into(), certificate: files.cert.into() }
            }
            other => malformed(files.cert, "certificate", &other.to_string()),
        })?;
        verify(&roots, &own.cert).map_err(|problem| unusable(&problem, files))?;
        Ok(Certificates { roots: Arc::new(roots), own: Arc::new(own), development })
    }

    /// Whether anybody on this machine who may read the development authority can make the like.
    pub fn are_for_development(&self) -> bool {
        self.development
    }

    /// Whether they may be used at this address, by a build for development or another.
    pub(in crate::transport) fn may_be_used_at(&self, address: SocketAddr, development: bool) -> bool {
        !self.development || development || is_private(address.ip())
    }
}

/// Where certificates came from, for errors.
pub(super) struct Files<'a> {
    pub(super) ca: &'a Path,
    pub(super) cert: &'a Path,
    pub(super) key: &'a Path,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("development", &self.development).finish_non_exhaustive()
    }
}

/// Whether only this machine or a private network reaches the address. The unspecified one stands for all.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CertificateError::Missing { file: file.into() },
        _ => CertificateError::Unreadable { file: file.into(), error },
    })
}

fn certificates(file: &Path, wanted: &'static str) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let pem = read(file)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|problem| malformed(file, wanted, &problem.to_string()))?;
    if certificates.is_empty() { Err(malformed(file, wanted, "none is there")) } else { Ok(certificates) }
}

fn malformed(file: &Path, wanted: &'static str, problem: &str) -> CertificateError {
    CertificateError::Malformed { file: file.into(), wanted, problem: problem.into() }
}

fn unusable(problem: &rustls::Error, files: &Files<'_>) -> CertificateError {
    use rustls::CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidYet, NotValidYetContext, UnknownIssuer,
    };
    let file = files.cert.into();
    match problem {
        rustls::Error::InvalidCertificate(Expired | ExpiredContext { .. }) => CertificateError::Expired { file },
        rustls::Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            CertificateError::NotYetValid { file }
        }
        // An authority of the same name, with another key, signed what does not fit the signature of ours.
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            CertificateError::WrongAuthority { certificate: file, authority: files.ca.into() }
        }
        other => CertificateError::Unusable { file, problem: other.to_string().into() },
    }
}

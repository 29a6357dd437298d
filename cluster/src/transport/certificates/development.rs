//! [`dev_certificates`]: certificates in one line, for one machine.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ED25519,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::certificates_type::Files;
use super::{CertificateError, Certificates};

/// The file of the development authority: its certificate and its key.
const AUTHORITY: &str = "development-authority.pem";

/// Numbers the drafts of this process.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// Development certificates: an authority that is kept in this directory and shared by all processes that name the same
/// one, and a certificate for this process, signed by it and kept nowhere. They are good for one machine and whoever
/// may read the directory; a release build refuses to listen on a public address with them.
///
/// # Errors
/// [`CertificateError::Directory`] if the directory cannot be made or written; [`CertificateError::Malformed`] if
/// something else stands in the authority's file.
pub fn dev_certificates(directory: &Path) -> Result<Certificates, CertificateError> {
    let file = directory.join(AUTHORITY);
    let pem =
        shared(directory, &file).map_err(|error| CertificateError::Directory { directory: directory.into(), error })?;
    let malformed = |wanted, problem: &dyn std::fmt::Display| CertificateError::Malformed {
        file: file.clone(),
        wanted,
        problem: problem.to_string().into(),
    };
    let authority =
        CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|problem| malformed("certificate", &problem))?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|problem| malformed("private key", &problem))?;
    let key = KeyPair::try_from(&key).map_err(|problem| malformed("private key", &problem))?;
    let issuer = Issuer::new(authority_params(&key), key);
    let (certificate, own_key) = node(&issuer).map_err(not_made)?;
    let files = Files { ca: &file, cert: &file, key: &file };
    Certificates::check(vec![authority], vec![certificate], own_key, &files, true)
}

fn not_made(problem: rcgen::Error) -> CertificateError {
    CertificateError::Development(problem.to_string().into())
}

/// The authority's file, made if it is not there. Of several processes that make it at once one wins, and all read
/// what it made.
fn shared(directory: &Path, file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    fs::create_dir_all(directory)?;
    let made = authority().map_err(io::Error::other)?;
    let number = DRAFTS.fetch_add(1, Relaxed);
    let draft = directory.join(format!(".{AUTHORITY}.{}.{number}", std::process::id()));
    write_private(&draft, &made)?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_to_string(file),
    }
}

/// Writes a file that nobody else may read.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn authority() -> Result<String, rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let certificate = authority_params(&key).self_signed(&key)?;
    Ok(certificate.pem() + &key.serialize_pem())
}

/// The same each time: with the key they make the issuer again. Each authority has a name of its own, so that a
/// certificate of another one is known as such.
fn authority_params(key: &KeyPair) -> CertificateParams {
    let id: String = key.public_key_raw().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, format!("Consort development {id}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params
}

fn node(authority: &Issuer<'_, KeyPair>) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, authority)?;
    Ok((certificate.der().clone(), PrivateKeyDer::Pkcs8(key.serialize_der().into())))
}

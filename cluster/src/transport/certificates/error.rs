use std::io;
use std::path::PathBuf;

/// Why certificates cannot be used. Each says which file is wrong and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// There is no such file.
    #[error("there is no file {}", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error("{} cannot be read: {error}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What is wanted does not stand in the file.
    #[error("{} has no {wanted} in PEM form: {problem}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wanted in it.
        wanted: &'static str,
        /// What is wrong.
        problem: Box<str>,
    },
    /// The key is another certificate's.
    #[error("the key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// The certificate's time is over.
    #[error("the certificate in {} is expired; renew it", file.display())]
    Expired {
        /// The file.
        file: PathBuf,
    },
    /// The certificate's time has not begun.
    #[error("the certificate in {} is not valid yet; set the clock, or wait", file.display())]
    NotYetValid {
        /// The file.
        file: PathBuf,
    },
    /// The certificate is from another authority.
    #[error("the certificate in {} was not signed by the authority in {}", certificate.display(), authority.display())]
    WrongAuthority {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the authority.
        authority: PathBuf,
    },
    /// The certificate cannot be used between nodes.
    #[error("the certificate in {} cannot be used: {problem}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        problem: Box<str>,
    },
    /// Development certificates cannot be kept.
    #[error("development certificates cannot be kept in {}: {error}", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// No development certificate could be made.
    #[error("no development certificate could be made: {0}")]
    Development(Box<str>),
}

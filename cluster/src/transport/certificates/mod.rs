//! Who is let in: certificates from files, or development certificates.
//!
//! A cluster has an authority of its own. Whoever has a certificate of it is a node of the cluster, whatever name
//! stands in the certificate: nodes come and go with their addresses, and the authority signs nothing else. Which node
//! it is, its hello says.

mod certificates_type;
mod development;
mod error;
mod proof;

pub use certificates_type::Certificates;
pub use development::dev_certificates;
pub use error::CertificateError;
pub(in crate::transport) use proof::{NodeVerifier, provider};

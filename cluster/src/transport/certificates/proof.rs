//! [`NodeVerifier`]: whether a certificate is one of the cluster's.

use std::sync::{Arc, LazyLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// The cryptography of all connections: that which the program has installed for its process, or that of aws-lc.
pub(in crate::transport) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
        let installed = CryptoProvider::get_default().cloned();
        installed.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
    });
    Arc::clone(&PROVIDER)
}

/// Checks that the node that was dialled has a certificate of the cluster's authority. Names are not looked at: the
/// authority signs nodes and nothing else, and a node is known by its hello, not by its address.
#[derive(Debug)]
pub(in crate::transport) struct NodeVerifier {
    pub(in crate::transport) roots: Arc<RootCertStore>,
}

impl ServerCertVerifier for NodeVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = provider().signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Whether others would accept this chain, from both sides of a connection: found out at the start, not by the first
/// peer.
pub(super) fn verify(roots: &RootCertStore, chain: &[CertificateDer<'_>]) -> Result<(), Error> {
    let (own, between) = chain.split_first().ok_or(Error::NoCertificatesPresented)?;
    let roots = Arc::new(roots.clone());
    let as_client = WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), provider()).build();
    let as_client = as_client.map_err(|problem| Error::General(problem.to_string()))?;
    as_client.verify_client_cert(own, between, UnixTime::now())?;
    let name = ServerName::try_from("node").map_err(|problem| Error::General(problem.to_string()))?;
    NodeVerifier { roots }.verify_server_cert(own, between, &name, &[], UnixTime::now()).map(drop)
}

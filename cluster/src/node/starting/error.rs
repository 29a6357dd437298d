//! [`JoinError`]: why a node did not come into its cluster.

use std::io;

use consort_protocol::cluster::link::hello::NotAClusterId;
use consort_protocol::cluster::members::{MetaTooLarge, NotAnAddress};
use consort_runtime::StartError;
use consort_runtime::error::Code;

use crate::control::{OpenError, WriteError};
use crate::membership::MembershipStopped;
use crate::membership::discovery::BadSeed;
use crate::node::identity::IdentityError;
use crate::transport::{BindError, CertificateError};

/// Why a node did not come into its cluster. Nothing of it is left running.
///
/// That no seed answers is none of these: the node tries on, and its log says what keeps it out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JoinError {
    /// It has no place to listen on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Nobody would let it in.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// It cannot look for the others.
    #[error(transparent)]
    Seed(#[from] BadSeed),
    /// It does not know who it is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// It cannot open its part of the control plane.
    #[error(transparent)]
    Control(#[from] OpenError),
    /// Its cluster has a name that cannot be one.
    #[error(transparent)]
    Cluster(#[from] NotAClusterId),
    /// What it says of itself is too much.
    #[error(transparent)]
    Meta(#[from] MetaTooLarge),
    /// It cannot tell others where it is.
    #[error(transparent)]
    Address(#[from] NotAnAddress),
    /// Its record was not taken.
    #[error("the control plane does not take the node in: {0}")]
    Enlist(#[from] WriteError),
    /// What the other nodes have set of its services is not accepted here, or cannot be read.
    #[cfg(feature = "config")]
    #[error("{0}")]
    Config(String),
    /// A client knows no node, or none has answered.
    #[error("{0}")]
    Nobody(String),
    /// Membership ended meanwhile.
    #[error(transparent)]
    Membership(#[from] MembershipStopped),
    /// The system makes no thread, or one of them panicked.
    #[error("{0}")]
    Thread(#[from] io::Error),
}

impl JoinError {
    /// The number of the error.
    pub(crate) fn code(&self) -> Code {
        match self {
            JoinError::Bind(BindError::InUse(_) | BindError::Address { .. }) | JoinError::Address(_) => {
                Code::JOIN_ADDRESS
            }
            JoinError::Bind(BindError::Development(_) | BindError::Certificates(_)) | JoinError::Certificate(_) => {
                Code::JOIN_CERTIFICATE
            }
            JoinError::Seed(_) | JoinError::Nobody(_) => Code::JOIN_SEEDS,
            JoinError::Identity(_) | JoinError::Bind(BindError::Keys { .. }) => Code::JOIN_IDENTITY,
            JoinError::Cluster(_) | JoinError::Meta(_) | JoinError::Bind(BindError::Metadata { .. }) => {
                Code::JOIN_SETTINGS
            }
            JoinError::Control(error) => error.code(),
            #[cfg(feature = "config")]
            JoinError::Config(_) => Code::CONFIG,
            JoinError::Enlist(_)
            | JoinError::Membership(_)
            | JoinError::Thread(_)
            | JoinError::Bind(BindError::Tls(_) | BindError::Thread(_)) => Code::JOIN,
        }
    }
}

impl From<JoinError> for StartError {
    fn from(error: JoinError) -> Self {
        #[cfg(feature = "config")]
        if let JoinError::Config(text) = error {
            return StartError::Config(text);
        }
        let (code, text) = (error.code(), error.to_string());
        let reason = text.strip_suffix(&format!(" [{code}]")).unwrap_or(&text).to_owned();
        StartError::Join { code, reason }
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use consort_runtime::error::Code;
    use consort_runtime::{Node, StartError};

    use crate::ClusterSettings;

    async fn refused(settings: ClusterSettings) -> (Code, String) {
        let error = Node::builder().join(settings).start().await.unwrap_err();
        assert!(matches!(error, StartError::Join { .. }), "{error}");
        (error.code(), error.to_string())
    }

    #[tokio::test]
    async fn a_node_that_cannot_join_says_what_is_wrong_with_a_code() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("node"), "what").unwrap();
        let file = crate::Identity { ca: "/no/ca".into(), cert: "/no/cert".into(), key: "/no/key".into() };
        let own = ClusterSettings::default;
        for (settings, code, text) in [
            (ClusterSettings { bind: taken.local_addr().ok(), ..own() }, Code::JOIN_ADDRESS, "is in use"),
            (ClusterSettings { identity: Some(file), ..own() }, Code::JOIN_CERTIFICATE, "/no/ca"),
            (ClusterSettings::seeds(["db.internal"]), Code::JOIN_SEEDS, "has no port"),
            (ClusterSettings { data: Some(data.path().into()), ..own() }, Code::JOIN_IDENTITY, "restore it"),
            (ClusterSettings { cluster: Some("x".repeat(129)), ..own() }, Code::JOIN_SETTINGS, "128 bytes"),
            (ClusterSettings { zone: Some("x".repeat(65)), ..own() }, Code::JOIN_SETTINGS, "zone"),
        ] {
            let (found, said) = refused(settings).await;
            assert_eq!(found, code, "{said}");
            assert!(said.contains(text) && said.ends_with(&format!("[{code}]")), "{said}");
        }
    }

    #[tokio::test]
    async fn what_the_control_plane_refuses_keeps_its_code_and_says_it_once() {
        let data = tempfile::tempdir().unwrap();
        let settings = |cluster: &str| ClusterSettings {
            data: Some(data.path().into()),
            cluster: Some(cluster.into()),
            ..ClusterSettings::default()
        };
        let node = Node::builder().join(settings("one")).start().await.unwrap();
        node.shutdown().await.unwrap();
        drop(node);
        let (code, said) = refused(settings("two")).await;
        assert_eq!((code, said.matches("[C0075]").count()), (Code::CONTROL_FOREIGN, 1), "{said}");
    }
}

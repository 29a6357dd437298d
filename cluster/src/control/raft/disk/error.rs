//! Why a voter's data cannot be opened: [`OpenError`].

use std::path::PathBuf;

use consort_protocol::cluster::NodeId;
use consort_runtime::error::Code;

/// The file of the control plane cannot be opened. What it holds was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another node of this one, has it.
    #[error("{} is in use; give each node a data directory of its own [C0074]", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{} cannot be opened: {reason} [C0074]", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// In the words of the operating system.
        reason: String,
    },
    /// It is something else, or of a version of Consort that this one cannot read.
    #[error("{} is not a control plane: {reason}; give the node a data directory of its own [C0075]", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is, as far as is known.
        reason: String,
    },
    /// It is of a node of another cluster.
    #[error(
        "{} belongs to the cluster {found:?}, this is {wanted:?}; give the node a data directory of its own [C0075]",
        .path.display()
    )]
    OtherCluster {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Who wants it.
        wanted: String,
    },
    /// It is of another node.
    #[error(
        "{} belongs to node {found}, this is {wanted}: two voters must never vote with one voice; give the node a data \
         directory of its own [C0075]",
        .path.display()
    )]
    OtherNode {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: NodeId,
        /// Who wants it.
        wanted: NodeId,
    },
    /// What stands in it contradicts itself or cannot be read.
    #[error(
        "{} is damaged: {reason}; move it away and start the node as a new one, or put a backup in its place if it was \
         the only voter [C0076]",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
}

impl OpenError {
    /// The number of the error.
    pub fn code(&self) -> Code {
        match self {
            OpenError::InUse { .. } | OpenError::Io { .. } => Code::CONTROL_FILE,
            OpenError::Foreign { .. } | OpenError::OtherCluster { .. } | OpenError::OtherNode { .. } => {
                Code::CONTROL_FOREIGN
            }
            OpenError::Damaged { .. } => Code::CONTROL_DAMAGED,
        }
    }
}

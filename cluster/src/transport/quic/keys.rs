//! The key by which peers learn that a node restarted.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use aws_lc_rs::hmac;
use quinn::crypto::{CryptoError, HmacKey};

use super::super::BindError;

const FILE: &str = "transport.key";
pub(super) const KEY: usize = 64;

/// The key of stateless resets, kept in the node's data: after a restart it still proves to peers that the connections
/// they have with the node are gone, so that they learn it with their next packet instead of their idle time.
///
/// Of QUIC's two secrets this is the only one to keep: connection ids are plain random numbers here, so any of them may
/// be answered with a reset.
pub(super) fn reset_key(data: Option<&Path>, drawn: [u8; KEY]) -> Result<[u8; KEY], BindError> {
    let Some(data) = data else { return Ok(drawn) };
    let file = data.join(FILE);
    kept(&file, drawn).map_err(|error| BindError::Keys { file, error })
}

fn kept(file: &Path, drawn: [u8; KEY]) -> io::Result<[u8; KEY]> {
    match fs::read(file) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            io::Error::new(
                ErrorKind::InvalidData,
                "it has not 64 bytes; delete it, and peers learn of one restart later",
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut opened = options.open(file)?;
            opened.write_all(&drawn)?;
            opened.sync_all()?;
            Ok(drawn)
        }
        Err(error) => Err(error),
    }
}

/// What signs stateless resets. A type of our own: which library's keys QUIC takes depends on features that any crate of
/// a program may switch on.
pub(super) struct ResetKey(hmac::Key);

impl ResetKey {
    pub(super) fn new(key: &[u8]) -> Self {
        ResetKey(hmac::Key::new(hmac::HMAC_SHA256, key))
    }
}

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature: &mut [u8]) {
        signature.copy_from_slice(hmac::sign(&self.0, data).as_ref());
    }

    fn signature_len(&self) -> usize {
        // that of SHA-256
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        hmac::verify(&self.0, data, signature).map_err(|_| CryptoError)
    }
}

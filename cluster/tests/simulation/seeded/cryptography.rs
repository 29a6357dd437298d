//! [`install`]: the cryptography of a course. It keeps nothing secret, and comes from the seed.

use rustls::crypto::{
    ActiveKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom, SharedSecret, SupportedKxGroup,
};
use rustls::{Error, NamedGroup};

use super::draws::fill;

/// Bytes of a public key.
const KEY: usize = 32;

/// From here on connections of this process are made with it.
pub fn install() {
    let provider = CryptoProvider {
        kx_groups: vec![&Open],
        secure_random: &Drawn,
        ..rustls::crypto::aws_lc_rs::default_provider()
    };
    provider.install_default().expect("a process has one");
}

#[derive(Debug)]
struct Drawn;

impl SecureRandom for Drawn {
    fn fill(&self, into: &mut [u8]) -> Result<(), GetRandomFailed> {
        if fill(into) { Ok(()) } else { Err(GetRandomFailed) }
    }
}

/// An exchange in which the public keys are the secret.
#[derive(Debug)]
struct Open;

impl SupportedKxGroup for Open {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut key = [0; KEY];
        Drawn.fill(&mut key)?;
        Ok(Box::new(Half(key)))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

/// One side of an exchange: its key.
struct Half([u8; KEY]);

impl ActiveKeyExchange for Half {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let both: Vec<u8> = self.0.iter().zip(peer).map(|(ours, theirs)| ours ^ theirs).collect();
        Ok(SharedSecret::from(both))
    }

    fn pub_key(&self) -> &[u8] {
        &self.0
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

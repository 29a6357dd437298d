//! [`Address`]: where a node is reached.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How long an address may be, in bytes: a DNS name has at most 253, a colon and the port six more.
pub const ADDRESS_BYTES_MAX: usize = 259;

/// Where a node is reached: `host:port`. The host is a DNS name, an IPv4 address, or an IPv6 address in brackets.
///
/// It is a text because decisions need no more of it; only whoever dials makes sockets of it.
///
/// ```
/// use consort_protocol::cluster::members::Address;
///
/// let address: Address = "[fe80::1]:7400".parse()?;
/// assert_eq!((address.host(), address.port()), ("fe80::1", 7400));
/// assert_eq!("db".parse::<Address>().unwrap_err().to_string(), "`db` has no port: write it as host:port, `db:7400`");
/// # Ok::<(), consort_protocol::cluster::members::NotAnAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: Arc<str>,
    port: u16,
}

impl Address {
    /// The host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        let host = self.text.rsplit_once(':').map_or("", |(host, _)| host);
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port; never 0.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names every interface of a machine rather than one place to dial: `0.0.0.0` or `[::]`. A node binds
    /// such an address, and never tells it to others.
    pub fn is_unspecified(&self) -> bool {
        let host = self.host();
        !host.is_empty() && host.bytes().all(|byte| matches!(byte, b'0' | b'.' | b':'))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// There is nothing after the host.
    #[error("`{0}` has no port: write it as host:port, `{0}:7400`")]
    NoPort(String),
    /// The port is no number, or 0, or too large.
    #[error("`{text}`: the port is a number from 1 to 65535, not `{port}`")]
    BadPort {
        /// The whole text.
        text: String,
        /// What stands after the colon.
        port: String,
    },
    /// There is nothing before the port.
    #[error("`{0}` has no host: write it as host:port, `localhost{0}`")]
    NoHost(String),
    /// The host has a character that neither a name nor an IP address has.
    #[error("`{text}`: `{found}` stands in no host name; one address is host:port, several are separated by commas")]
    BadHost {
        /// The whole text.
        text: String,
        /// The first such character.
        found: char,
    },
    /// An IPv6 address without brackets: where its port begins is anyone's guess.
    #[error("`{0}`: an IPv6 address stands in brackets, as in [::1]:7400")]
    NoBrackets(String),
    /// It is longer than [`ADDRESS_BYTES_MAX`].
    #[error("an address has at most {ADDRESS_BYTES_MAX} bytes, not {0}")]
    TooLong(usize),
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        if text.len() > ADDRESS_BYTES_MAX {
            return Err(NotAnAddress::TooLong(text.len()));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, _)) if host.contains(':') && !host.starts_with('[') => {
                return Err(NotAnAddress::NoBrackets(text.to_owned()));
            }
            Some(parts) if !text.ends_with(']') => parts,
            _ => return Err(NotAnAddress::NoPort(text.to_owned())),
        };
        check_host(text, host)?;
        // `u16::from_str` takes a sign, which no port has.
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| port.parse::<u16>().ok()).flatten().filter(|port| *port != 0);
        let bad = || NotAnAddress::BadPort { text: text.to_owned(), port: port.to_owned() };
        Ok(Address { text: text.into(), port: number.ok_or_else(bad)? })
    }
}

fn check_host(text: &str, host: &str) -> Result<(), NotAnAddress> {
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let name = bracketed.unwrap_or(host);
    if name.is_empty() {
        return Err(NotAnAddress::NoHost(text.to_owned()));
    }
    let belongs = |found: char| match bracketed {
        Some(_) => found.is_ascii_hexdigit() || matches!(found, ':' | '.'),
        None => found.is_ascii_alphanumeric() || matches!(found, '-' | '.' | '_'),
    };
    match name.chars().find(|found| !belongs(*found)) {
        Some(found) => Err(NotAnAddress::BadHost { text: text.to_owned(), found }),
        None => Ok(()),
    }
}

//! Settings from environment variables.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use consort_protocol::cluster::members::Vote;
use consort_runtime::StartError;

use super::{ClusterSettings, Identity};

/// The settings in the environment; `None` if no variable says that the node is to join or to form a cluster: it needs
/// seeds, an address to listen on, or to be told to bootstrap.
///
/// # Errors
/// [`StartError::Environment`] names the first variable that is malformed, its value, and what would be right.
pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<ClusterSettings>, StartError> {
    let read = Variables(variable);
    let seeds = read.text("CONSORT_SEEDS")?;
    let settings = ClusterSettings {
        seeds: seeds.as_deref().map(seeds_of).transpose()?.unwrap_or_default(),
        bind: read.parsed("CONSORT_BIND", "an address and a port are wanted, as 0.0.0.0:7400")?,
        advertise: read.parsed("CONSORT_ADVERTISE", "an address and a port are wanted, as 10.0.0.7:7400")?,
        cluster: read.text("CONSORT_CLUSTER")?,
        bootstrap: read.switch("CONSORT_BOOTSTRAP")?,
        data: read.path("CONSORT_DATA"),
        identity: read.identity()?,
        zone: read.text("CONSORT_ZONE")?,
        weight: read.parsed("CONSORT_WEIGHT", "a whole number is wanted")?,
        vote: read.vote()?,
        endpoints: read.parsed("CONSORT_ENDPOINTS", "a whole number from 1 to 255 is wanted")?,
    };
    if settings.endpoints == Some(0) {
        return Err(malformed("CONSORT_ENDPOINTS", "0", "a whole number from 1 to 255 is wanted"));
    }
    let joins = seeds.is_some() || settings.bind.is_some() || settings.bootstrap;
    Ok(joins.then_some(settings))
}

fn seeds_of(text: &str) -> Result<Vec<String>, StartError> {
    let seeds: Vec<_> = text.split(',').map(|seed| seed.trim().to_owned()).collect();
    match seeds.iter().any(String::is_empty) {
        true => Err(malformed("CONSORT_SEEDS", text, "seeds are wanted as host:port, with commas between")),
        false => Ok(seeds),
    }
}

fn malformed(variable: &str, value: &str, reason: &str) -> StartError {
    StartError::Environment { variable: variable.into(), value: value.into(), reason: reason.into() }
}

struct Variables<V>(V);

impl<V: Fn(&str) -> Option<OsString>> Variables<V> {
    fn text(&self, name: &'static str) -> Result<Option<String>, StartError> {
        let Some(value) = (self.0)(name) else { return Ok(None) };
        let text = value.into_string().map_err(|value| malformed(name, &value.to_string_lossy(), "it is not UTF-8"))?;
        match text.trim() {
            "" => Err(malformed(name, &text, "it is empty; unset it to get the default")),
            _ => Ok(Some(text)),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str, wanted: &str) -> Result<Option<T>, StartError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| malformed(name, &text, wanted))
    }

    fn switch(&self, name: &'static str) -> Result<bool, StartError> {
        let Some(text) = self.text(name)? else { return Ok(false) };
        match text.trim() {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(malformed(name, &text, "`on` or `off` is wanted")),
        }
    }

    fn vote(&self) -> Result<Vote, StartError> {
        let Some(text) = self.text("CONSORT_VOTE")? else { return Ok(Vote::Usual) };
        match text.trim() {
            "usual" => Ok(Vote::Usual),
            "witness" => Ok(Vote::Witness),
            "never" => Ok(Vote::Never),
            _ => Err(malformed("CONSORT_VOTE", &text, "`usual`, `witness` or `never` is wanted")),
        }
    }

    fn path(&self, name: &'static str) -> Option<PathBuf> {
        (self.0)(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// All three files or none: two of them prove nothing.
    fn identity(&self) -> Result<Option<Identity>, StartError> {
        let names = ["CONSORT_CA", "CONSORT_CERT", "CONSORT_KEY"];
        match names.map(|name| self.path(name)) {
            [Some(ca), Some(cert), Some(key)] => Ok(Some(Identity { ca, cert, key })),
            [None, None, None] => Ok(None),
            files => {
                let missing =
                    names.iter().zip(&files).find(|(_, file)| file.is_none()).map_or(names[0], |(name, _)| name);
                let reason = "CONSORT_CA, CONSORT_CERT and CONSORT_KEY are wanted together, or none of them";
                Err(malformed(missing, "", reason))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ClusterSettings, Vote, from_env};

    fn read(variables: &[(&str, &str)]) -> Result<Option<ClusterSettings>, String> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        from_env(find).map_err(|error| error.to_string())
    }

    fn joined(variables: &[(&str, &str)]) -> ClusterSettings {
        read(variables).unwrap().unwrap()
    }

    #[test]
    fn without_seeds_address_or_bootstrap_a_node_is_alone() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("CONSORT_ZONE", "a"), ("CONSORT_DATA", "/data")]), Ok(None));
    }

    #[test]
    fn seeds_an_address_or_bootstrap_make_it_a_member() {
        assert_eq!(joined(&[("CONSORT_SEEDS", "a:1, b:2")]).seeds, ["a:1", "b:2"]);
        assert_eq!(joined(&[("CONSORT_BIND", "127.0.0.1:7400")]).bind, "127.0.0.1:7400".parse().ok());
        assert!(joined(&[("CONSORT_BOOTSTRAP", "on")]).bootstrap);
    }

    #[test]
    fn what_else_is_set_goes_along() {
        let all = joined(&[
            ("CONSORT_SEEDS", "a:1"),
            ("CONSORT_ADVERTISE", "10.0.0.1:1"),
            ("CONSORT_CLUSTER", "shop"),
            ("CONSORT_DATA", "/data"),
            ("CONSORT_ZONE", "a"),
            ("CONSORT_WEIGHT", "0"),
            ("CONSORT_VOTE", "never"),
            ("CONSORT_ENDPOINTS", "2"),
        ]);
        assert_eq!((all.advertise, all.cluster.as_deref()), ("10.0.0.1:1".parse().ok(), Some("shop")));
        assert_eq!((all.data, all.zone.as_deref()), (Some("/data".into()), Some("a")));
        assert_eq!((all.weight, all.endpoints), (Some(0), Some(2)));
        assert_eq!((all.vote, joined(&[("CONSORT_SEEDS", "a:1")]).vote), (Vote::Never, Vote::Usual));
    }

    #[test]
    fn a_malformed_variable_is_named_with_what_would_be_right() {
        for (name, value, wanted) in [
            ("CONSORT_SEEDS", "a:1,,b:2", "host:port"),
            ("CONSORT_SEEDS", "", "unset it"),
            ("CONSORT_BIND", "7400", "an address and a port"),
            ("CONSORT_BOOTSTRAP", "yes", "`on` or `off`"),
            ("CONSORT_WEIGHT", "-1", "a whole number"),
            ("CONSORT_VOTE", "yes", "`witness`"),
            ("CONSORT_ENDPOINTS", "0", "from 1 to 255"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(&format!("{name}={value:?}")) && error.contains(wanted), "{error}");
        }
    }

    #[test]
    fn certificates_come_together() {
        let three = [("CONSORT_CA", "a"), ("CONSORT_CERT", "b"), ("CONSORT_KEY", "c"), ("CONSORT_BOOTSTRAP", "on")];
        assert_eq!(joined(&three).identity.unwrap().key, std::path::Path::new("c"));
        assert!(read(&three[..2]).unwrap_err().contains("CONSORT_KEY"));
    }
}

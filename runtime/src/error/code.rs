//! The number of an error, and its page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of an error, printed as `C0007`. It never changes its meaning.
///
/// C0000 is the service's own error, C0001 to C0019 did not run, C0020 to C0029 may have run, C0030
/// to C0039 are of starting a node, C0040 to C0059 of running it, C0060 to C0069 of binding actors to each other, C0070
/// to C0079 of the control plane, C0080 to C0089 did not run for what lies between nodes, and C0090 to C0099 are of
/// joining a cluster. An error of a newer node may have a code that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Code(u16);

macro_rules! codes {
    ($($name:ident = $number:literal $meaning:literal),+ $(,)?) => {
        impl Code {
            $(#[doc = $meaning] pub const $name: Self = Self($number);)+

            /// Every code there is, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}
codes! {
    APP = 0 "The handler ran and refused.",
    FULL = 1 "The mailbox is full.",
    EXPIRED = 2 "The deadline passed before the handler began.",
    TOO_LARGE = 3 "The message is over its size limit.",
    NOT_SERVED = 4 "The node does not serve this service.",
    SHUTTING_DOWN = 5 "The node is shutting down.",
    ENDED = 6 "The spawned actor has ended.",
    FAILED = 7 "The activation could not start.",
    CYCLE = 8 "The call would wait for itself.",
    WRONG_ACTIVATION = 9 "Another activation is live than the one wanted.",
    UNKNOWN_METHOD = 10 "The service has no such method.",
    BAD_KEY = 11 "The path is not a key of the service.",
    BAD_ARGUMENT = 12 "The method cannot take these arguments.",
    LOCAL_ONLY = 13 "The service is local and cannot be called by name.",
    DISABLED = 14 "The service is disabled on this node.",
    UNAVAILABLE = 15 "The service does not run now.",
    QUARANTINED = 16 "The actor is quarantined.",
    CIRCUIT_OPEN = 17 "The circuit to the target is open.",
    OVERLOADED = 18 "The service is at its limit of calls.",
    PARKED = 19 "The message crashed its actor too often and is parked.",
    PANICKED = 20 "The handler panicked.",
    TIMED_OUT = 21 "The deadline passed while the handler may have been running.",
    STOPPED = 22 "The activation ended during the call.",
    HUNG = 23 "The handler made no progress and was ended.",
    LOST = 24 "The node or the connection to it was lost while the call was under way.",
    BAD_REPLY = 25 "The handler ran, but its answer could not be written down or read.",
    DUPLICATE_SERVICE = 30 "Two services have one name.",
    ENVIRONMENT = 31 "An environment variable is malformed.",
    NO_RUNTIME = 32 "There is no tokio runtime.",
    BAD_TEMPLATE = 33 "A key template is malformed.",
    SUPERVISION = 34 "The node's own actors could not start.",
    DEPENDENCY_CYCLE = 35 "Services need each other in a circle.",
    BAD_REQUIREMENT = 36 "A version or requirement cannot be read.",
    BAD_TREE = 37 "The supervision tree cannot be.",
    CONFIG = 38 "The configuration cannot be used.",
    JOIN = 39 "The node could not join the others.",
    DRAIN_DEADLINE = 40 "Activations were still busy at the drain deadline.",
    ALREADY_STOPPED = 41 "The node has been stopped before.",
    SIGNALS = 42 "The signal handlers could not be installed.",
    UNKNOWN_SERVICE = 43 "The node serves no service of this name.",
    NO_SUCH_LETTER = 44 "There is no such dead letter.",
    NOT_REPLAYABLE = 45 "The dead letter cannot be replayed.",
    CONFIG_REFUSED = 46 "The configuration does not accept these values.",
    CONFIG_CONFLICT = 47 "The configuration was changed by somebody else meanwhile.",
    UNKNOWN_REVISION = 48 "There is no way back to this revision of the configuration.",
    CONFIG_STORE = 49 "The store of the configuration failed.",
    GAVE_UP = 50 "The node gave up its services.",
    LEFT_BEHIND = 51 "The node ended without handing over all that it had.",
    MANIFEST = 52 "The manifest says what cannot be.",
    STATE_LOST = 53 "What an actor had in memory did not come along when its key moved.",
    STATE_FENCED = 54 "Another activation has claimed the state of the actor.",
    STATE_NOT_SAVED = 55 "The state of an actor may not have been saved.",
    STATE_UNFIT = 56 "The state of an actor cannot be saved as it is.",
    STATE_NOT_KEPT = 57 "There is no store for the state of the actor.",
    NO_STATE_STORE = 58 "A service is stateful, and its node has no store for states.",
    BOUND_TO_ITSELF = 60 "An actor was to be linked to itself, or to watch itself.",
    TOO_MANY_BONDS = 61 "An actor has too many links or watches.",
    BOUND_ELSEWHERE = 62 "An actor was to be linked to one of another node.",
    NO_QUORUM = 70 "The control plane has no quorum.",
    CONTROL_CONFLICT = 71 "A key of the control plane is not as expected.",
    CONTROL_LIMIT = 72 "Something is too large for the control plane, or no key.",
    LEASE_GONE = 73 "A lease of the control plane has ended.",
    CONTROL_FILE = 74 "The control plane's file cannot be opened.",
    CONTROL_FOREIGN = 75 "The control plane's file belongs to another cluster or node.",
    CONTROL_DAMAGED = 76 "The control plane's file is damaged.",
    CONTROL_STOPPED = 77 "The control plane of this node has stopped.",
    WITHOUT_QUORUM = 80 "The call needs the control plane, which has no quorum.",
    UNREACHABLE = 81 "The node could not be reached.",
    NO_OWNER = 82 "No node could be found that has the actor.",
    CONTRACT = 83 "The node serves another version of the service.",
    FENCED = 84 "The caller or the owner acted on an old state of the cluster.",
    VERSION_UNAVAILABLE = 85 "What the service needs is there in other versions only.",
    OWNER_LACKS_SERVICE = 86 "The node that has the key does not serve the service, and others do.",
    JOIN_ADDRESS = 90 "The node cannot listen where it should.",
    JOIN_CERTIFICATE = 91 "The node's certificates cannot be used.",
    JOIN_SEEDS = 92 "The node's seeds cannot be used.",
    JOIN_IDENTITY = 93 "The node cannot read or keep who it is.",
    JOIN_SETTINGS = 94 "What the node says of itself is more than others take.",
}

impl Code {
    /// The code of this number, which a newer version may have given a meaning.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number alone: 7 for C0007.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The page that explains it, from the root of the repository: `docs/errors/C0007.md`.
    pub fn page(self) -> String {
        format!("docs/errors/{self}.md")
    }
}

/// Its number: 7 for C0007.
impl From<Code> for u16 {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::path::Path;

    fn read(page: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[test]
    fn a_code_prints_with_four_digits_and_names_its_page() {
        assert_eq!(Code::FAILED.to_string(), "C0007");
        assert_eq!(Code::FAILED.page(), "docs/errors/C0007.md");
    }

    #[test]
    fn codes_are_distinct_and_in_order() {
        assert!(Code::ALL.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn every_code_has_a_page_and_a_line_in_the_index() {
        let index = read("docs/errors/README.md");
        for code in Code::ALL {
            let page = read(&code.page());
            assert!(page.starts_with(&format!("# {code}: ")), "{code}: heading");
            for part in ["**Did the handler run?**", "**Usual cause.**", "**Cure.**"] {
                assert!(page.contains(part), "{code}: {part}");
            }
            assert!(index.contains(&format!("| [{code}]({code}.md)")), "{code}: index");
        }
        assert_eq!(index.matches("| [C").count(), Code::ALL.len(), "the index lists a code that does not exist");
    }
}

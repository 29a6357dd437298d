//! What the macros understood, as plain data. Whatever can be built here can be expanded.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Generics, Member, Path, Type};

/// An attribute and what it stands on, understood as far as possible.
pub struct Understood<T> {
    /// The user's item, without our markers. It is always in the output, also after an error.
    pub item: TokenStream,
    /// `compile_error!` for everything that is wrong.
    pub errors: TokenStream,
    /// The valid part; after an error it keeps the generated names alive, so that no second error follows.
    pub meaning: Option<T>,
}

/// A service.
pub struct Service {
    /// The path of the crate `consort`.
    pub consort: Path,
    /// The type that is the actor.
    pub this: Type,
    /// The name of the generated reference.
    pub reference: Ident,
    /// The generics of the `impl` block.
    pub generics: Generics,
    /// The constant facts.
    pub info: Info,
    /// Its config type.
    pub config: Option<Type>,
    /// The states of its actors are saved.
    pub stateful: bool,
    /// The methods others call, in order: the position is the method's number.
    pub handlers: Vec<Handler>,
    /// The life-cycle hooks.
    pub hooks: Vec<Hook>,
}

/// What the options said, with the defaults filled in.
pub struct Info {
    /// Lower-case words, joined by `_` and `.`.
    pub name: String,
    /// A full semantic version.
    pub version: String,
    /// The template of the keys.
    pub key: Key,
    /// Copies behind one reference, at least 1.
    pub pool: u32,
    /// One in the whole cluster.
    pub unique: bool,
    /// Never remote; its types need not be serializable.
    pub local: bool,
    /// Handlers may run on the caller's task.
    pub inline: bool,
    /// Handlers run on the blocking threads.
    pub blocking: bool,
    /// How much one of its actors holds, and for how long.
    pub bounds: Bounds,
    /// How it is looked after.
    pub care: Care,
    /// The services it needs or can use.
    pub needs: Needs,
    /// The documentation.
    pub doc: String,
}

/// What differs from the node's defaults.
pub struct Bounds {
    /// Messages its mailbox holds.
    pub mailbox: Option<u32>,
    /// Bytes its mailbox holds.
    pub mailbox_bytes: Option<u32>,
    /// Milliseconds without a call before passivation.
    pub idle_ms: Option<u64>,
}

/// How a service is looked after.
pub struct Care {
    /// It starts with its node.
    pub enabled: bool,
    /// After which exits an activation is started again.
    pub restart: Restart,
    /// Restarts an activation is allowed, if not the node's default.
    pub intensity: Option<Intensity>,
    /// Milliseconds after which a handler is late; 0 is never.
    pub progress_ms: Option<u64>,
    /// Calls it takes at a time, at least 1.
    pub limit: Option<u32>,
}

/// The restart policies, by their names in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// After every exit.
    Permanent,
    /// After an abnormal exit.
    Transient,
    /// Never.
    Temporary,
}

/// So many restarts within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intensity {
    /// Restarts that are allowed.
    pub restarts: u32,
    /// The milliseconds in which they are.
    pub within_ms: u64,
}

/// The services that a service needs or can use.
#[derive(Default)]
pub struct Needs {
    /// Each with a name of its own, in the order they were written.
    pub on: Vec<Need>,
    /// It is degraded, not stopped, while a hard one is missing.
    pub degrades: bool,
}

/// A service that another needs or can use.
pub struct Need {
    /// Its name, with a range of versions if that was given.
    pub text: String,
    /// The other cannot do without.
    pub hard: bool,
}

/// A key template; empty without key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The template as it was written.
    pub template: String,
    /// The name of each hole, in order.
    pub names: Vec<String>,
    /// The type of each hole, in order: six at most.
    pub holes: Vec<Hole>,
    /// What of a key decides where its actor lives.
    pub place: Place,
}

/// What of a key decides where its actor lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// All of it.
    #[default]
    Spread,
    /// The path up to and with so many holes.
    Colocate {
        /// At least one, and not more than there are.
        holes: usize,
    },
    /// The same choose a group of nodes, and the rest of the path one of them.
    Group {
        /// At least one, and not all of them.
        holes: usize,
        /// So many nodes, at least two.
        nodes: u16,
    },
}

impl Place {
    /// That of a service that does not say: what goes on below the first segment lives with it.
    pub fn of(template: &str) -> Self {
        let below = template.split_once('}').map_or("", |(_, below)| below);
        if below.is_empty() { Place::Spread } else { Place::Colocate { holes: 1 } }
    }
}

/// The type of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// A `String`.
    Text,
    /// One of the integers of Rust, by its name.
    Integer(&'static str),
    /// A `Uuid`.
    Uuid,
}

/// A method that others call.
pub struct Handler {
    /// Its name on the reference.
    pub name: Ident,
    /// What runs.
    pub target: Target,
    /// The attributes that go on generated code.
    pub attributes: Carried,
    /// Its documentation.
    pub doc: String,
    /// It takes `&self`.
    pub shared: bool,
    /// A tell of it is delivered again after a crash.
    pub redeliver: bool,
    /// It takes the call's context first.
    pub context: bool,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it replies.
    pub reply: Type,
    /// What it refuses with, if it returns a `Result`.
    pub error: Option<Type>,
}

/// What a handler calls.
pub enum Target {
    /// The method of the same name.
    Method,
    /// A free function.
    Function(Ident),
}

/// An argument: a plain name and an owned type.
pub struct Argument {
    /// The name, part of the contract.
    pub name: Ident,
    /// The type, with `Self` written out.
    pub ty: Type,
}

/// The attributes of a method that its generated counterparts carry as well.
#[derive(Default)]
pub struct Carried {
    /// `cfg`: on everything that is generated for it.
    pub conditions: Vec<Attribute>,
    /// `doc`, `deprecated` and `must_use`: on the method of the reference.
    pub words: Vec<Attribute>,
}

/// A life-cycle hook.
pub struct Hook {
    /// Which.
    pub kind: HookKind,
    /// The method that is the hook.
    pub method: Ident,
    /// Its `cfg`s.
    pub conditions: Vec<Attribute>,
    /// It takes the context first.
    pub context: bool,
    /// It returns a `Result`.
    pub fallible: bool,
}

/// The hooks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// Before the first message.
    Start,
    /// Once it takes messages.
    Started,
    /// When the activation ends.
    Stop,
    /// After a start that failed.
    Failed,
    /// From time to time, to ask whether the instance is well.
    Healthy,
    /// After a change of its configuration.
    Configured,
    /// When its key moves to another node, or its state is saved: what there is.
    Snapshot,
    /// Takes up what came along, or was saved.
    Restore,
}

impl HookKind {
    /// Every one, in the order of an actor's life.
    pub const ALL: [HookKind; 8] = [
        HookKind::Start,
        HookKind::Started,
        HookKind::Stop,
        HookKind::Failed,
        HookKind::Healthy,
        HookKind::Configured,
        HookKind::Snapshot,
        HookKind::Restore,
    ];
}

/// A type that crosses the network.
pub struct WireType {
    /// The path of the crate `consort`.
    pub consort: Path,
    /// Its name.
    pub name: Ident,
    /// Its generics.
    pub generics: Generics,
    /// The traits to derive: those the user did not.
    pub derives: Vec<Derive>,
    /// Its fields.
    pub shape: Shape,
}

/// What `#[wire]` derives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derive {
    /// `core::fmt::Debug`.
    Debug,
    /// `core::clone::Clone`.
    Clone,
    /// `serde::Serialize`.
    Serialize,
    /// `serde::Deserialize`.
    Deserialize,
    /// `schemars::JsonSchema`.
    JsonSchema,
}

/// Where the fields of a type stand.
pub enum Shape {
    /// In the struct itself.
    Struct(Vec<Field>),
    /// In the variants.
    Enum(Vec<Variant>),
}

/// A variant of an enum.
pub struct Variant {
    /// Its name.
    pub name: Ident,
    /// Its `cfg`s.
    pub conditions: Vec<Attribute>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a struct or variant.
pub struct Field {
    /// Its name or number.
    pub member: Member,
    /// Its `cfg`s.
    pub conditions: Vec<Attribute>,
}

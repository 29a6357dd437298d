//! The attribute macros of Consort. Use them through the crate `consort`, which re-exports them.
//!
//! What a macro reads goes one way: `parse` reads the user's code and raises every error, `ir` is what was
//! understood, `expand` writes the generated code and cannot fail. After an error the valid part is still expanded,
//! so that no second error follows from a generated name that is missing.

mod expand;
mod ir;
mod parse;

use proc_macro::TokenStream;

/// Makes a type a service, or an `async fn`.
///
/// It stands on an inherent `impl` block. There each `pub async fn` with `&self` or `&mut self` becomes a *handler*:
/// others call it through a generated reference, `CounterRef` for `Counter`, which takes the same arguments and can be
/// awaited. Everything else in the block is left alone: plain functions, private or `pub(crate)` methods, functions
/// without `self`.
///
/// ```rust,ignore
/// use consort::prelude::*;
///
/// #[wire]
/// pub struct Refused { pub limit: i64 }
///
/// #[derive(Default)]
/// pub struct Counter { total: i64 }
///
/// #[service(name = "counter", version = "1.0", key = "/tenant/{tenant}/counter/{name}")]
/// impl Counter {
///     /// Adds `by`; refuses to pass 100.
///     pub async fn add(&mut self, by: i64) -> Result<i64, Refused> {
///         if self.total + by > 100 { return Err(Refused { limit: 100 }) }
///         self.total += by;
///         Ok(self.total)
///     }
/// }
///
/// // node.get::<Counter>(("acme", "orders")).add(3).await?
/// ```
///
/// # Options
///
/// | option | default | meaning | example |
/// |---|---|---|---|
/// | `name` | the type's name in snake case | what other services and tools call it; lower-case words of letters, digits and `_`, joined by `.` | `name = "billing.invoice"` |
/// | `version` | `0.1.0` | the semantic version of its contract | `version = "1.2"` |
/// | `key` | no key: one actor | the printed form of its keys, see below | `key = "/tenant/{tenant}/order/{id: u64}"` |
/// | `place` | see below | what of a key decides on which node its actor lives: `spread`, `colocate(segment)` or `group(segment, nodes)` | `place = "colocate(tenant)"` |
/// | `pool` | 1 | copies behind one reference, for services without key and state | `pool = 8` |
/// | `unique` | | one actor in the whole cluster, not one on each node | `unique` |
/// | `local` | | never remote: arguments and replies need only be `Send`, and it cannot be called by name | `local` |
/// | `stateful` | | the state of each actor is kept in the node's state store: what `#[snapshot]` returns is saved by `cx.save(self)` and when the actor is put away, and given to `#[restore]` when it starts; for services with `key`, or `unique` | `stateful` |
/// | `inline` | `true` | whether a handler of an idle actor may run on the caller's task; `false` for handlers that burn CPU | `inline = false` |
/// | `blocking` | | handlers run on the threads for blocking work, and never inline | `blocking` |
/// | `mailbox` | the node's | messages that may wait, 1 at least | `mailbox = 64` |
/// | `mailbox_bytes` | the node's | bytes of arguments that may wait; less than 256 counts as 256 | `mailbox_bytes = 65_536` |
/// | `idle` | the node's | time without a call after which an actor is put away: a number and `ms`, `s`, `m`, `h` or `d` | `idle = "10m"` |
/// | `enabled` | `true` | whether it starts with its node; calls of a disabled one are refused | `enabled = false` |
/// | `restart` | `permanent` | after which ends an actor is started again: `permanent`, every one; `transient`, abnormal ones; `temporary`, none | `restart = "transient"` |
/// | `restarts` | the node's | how many restarts an actor is allowed within how long, before it stays down as failed | `restarts = "5 in 10s"` |
/// | `progress` | the node's | how long a handler may take before it is late and its actor suspect; `never` for those that may take any time | `progress = "5s"` |
/// | `limit` | none | calls that all its actors together run at a time, 1 at least | `limit = 64` |
/// | `depends` | nothing | the services it needs (`hard`) or can use (`soft`), see below | `depends(hard = "inventory ^1.2", soft = "mailer")` |
/// | `lost` | `stop` | what it does while a hard dependency is missing: `stop`, or `degrade` and go on | `lost = "degrade"` |
/// | `config` | | the type of its configuration, with feature `config`: see `consort::config` | `config = CartConfig` |
/// | `crate` | `::consort` | the path of this crate, if it is re-exported | `crate = "my_crate::consort"` |
///
/// `pool` and `unique` exclude each other and `key`; `blocking` and `inline` exclude each other, as do `stateful` and each
/// of `pool` and `local`. There is no `place`
/// without a key or with `local`, no `restarts` with `restart = "temporary"`, and no `lost` without a hard dependency.
///
/// # Keys
///
/// A key template is a path of literal segments and one to six holes. `{tenant}` is a `String`, `{id: u64}` an integer
/// (`u8` to `u64`, `i8` to `i64`), `{id: uuid}` a `Uuid`. The key type is that of the only hole, or the tuple of all.
///
/// # Places
///
/// On several nodes, `place` says what of a key decides where its actor lives. `colocate(tenant)`: the path up to and with
/// the segment `tenant`, so all keys of a tenant live together, also those of other services whose paths begin alike.
/// `spread`: the whole path, so each key lives for itself. `group(tenant, 4)`: the segment chooses 4 nodes, and the rest
/// of the path one of these. A key that goes on below its first segment is colocated by that unless the service says
/// otherwise. It is part of the contract: nodes that are to find the same actors agree on it.
///
/// # Dependencies
///
/// Each entry of `depends(…)` is the name of another service and, after a space, the versions of it that will do, in
/// Cargo's notation: `inventory ^1.2`, `billing >=1, <3`. Without versions any will do. A service is named once, and
/// never itself. A *hard* dependency has to be up first, and while it is missing the service waits; a *soft* one may be
/// missing, and calls of it are refused then.
///
/// # Handlers
///
/// - Arguments have plain names, because callers may give them by name, and owned types. The first may be the call's
///   context, `cx: &Cx`, which callers do not see.
/// - A return type written `Result<T, E>`, by any path that ends in `Result`, is a reply `T` and an error `E`; every
///   other type is a reply. An alias with one type, such as `io::Result<T>`, is refused: the error is part of the
///   contract, so it is written out.
/// - Arguments, replies and errors are `Wire` unless the service is `local`: see [`macro@wire`].
/// - Futures are `Send`, so a handler with `&self` needs a type that is `Sync`, and one with `&mut self` does not.
/// - `doc`, `deprecated`, `must_use` and `cfg` are carried to the method of the reference. All other attributes stay on
///   the handler alone. Two handlers of one name may stand there under different `cfg`s.
/// - A handler may be called like a method every reference has (`stop`, `key`): on the reference it goes first, and
///   `Reference::stop(&counter)` calls the other.
///
/// `#[redeliver]` above a handler says that a tell whose handler panics is delivered again, to the restarted actor,
/// until it has crashed it three times; then it is parked in the dead letters. Without it, such a tell is a dead letter
/// at once, without its arguments. They are `Clone`, for a copy of them is kept. It concerns tells only: who asks is
/// told of the panic, and may ask again. The handler should bear to run twice, because what it did before the panic stays done.
///
/// # Hooks
///
/// Private async methods under a marker are called by the runtime. `cx` may be left out in each.
///
/// | marker | form | runs |
/// |---|---|---|
/// | `#[start]` | `async fn f(&mut self, cx: &Cx) -> Result<(), E>` | before the first message; an error fails the activation |
/// | `#[started]` | `async fn f(&mut self, cx: &Cx) -> Result<(), E>` | once it takes messages, before the first |
/// | `#[stop]` | `async fn f(&mut self, cx: &Cx)` | once when the activation ends, also after a handler's panic, which may have left `self` half changed |
/// | `#[failed]` | `async fn f(cx: &Cx, error: &str)` | after a factory, `#[start]` or `#[started]` that failed |
/// | `#[healthy]` | `async fn f(&mut self, cx: &Cx) -> Result<(), E>` | now and then between messages, and should be quick; an error makes the activation suspect |
/// | `#[snapshot]` | `async fn f(&mut self, cx: &Cx) -> T` | when its key moves to another node, and when the state of a `stateful` service is saved: what there is of it |
/// | `#[restore]` | `async fn f(&mut self, cx: &Cx, state: T)`, which may return a `Result<(), E>` | before `#[start]`, if there is a state that came along or was saved |
/// | `#[configured]` | `async fn f(&mut self, cx: &Cx, change: &ConfigChanged<C>)`, which may return a `Result<(), E>` | when hot values of its configuration have changed, ahead of mail; an error or panic ends the activation like that of a handler |
///
/// # Generics
///
/// The parameters and bounds of the `impl` block are those of the reference: `Cache<T>` has a `CacheRef<T>`. A service
/// has no lifetimes.
///
/// # Functions
///
/// On a free `async fn` the attribute makes a service without state or key. It is named by a generated unit struct in
/// camel case, and its one handler is `call`. The function itself stays what it was.
///
/// ```rust,ignore
/// #[service]
/// pub async fn say_hello(name: String) -> String {
///     format!("hello {name}")
/// }
///
/// // node.get::<SayHello>(()).call("you".into()).await?
/// ```
#[proc_macro_attribute]
pub fn service(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::service(parse::service(options.into(), item.into())).into()
}

/// Makes a struct or an enum one that can cross the network, as an argument, a reply or an error.
///
/// It derives `Debug`, `Clone`, serde's `Serialize` and `Deserialize` and schemars' `JsonSchema`, except those that a
/// `derive` below it names, and implements `consort::Weigh`, the bytes of heap behind a value, from the fields. The
/// attributes `#[serde(…)]` and `#[schemars(…)]` work as ever, and need no dependency on these crates.
///
/// ```rust,ignore
/// use consort::prelude::*;
///
/// #[wire]
/// #[derive(PartialEq)]
/// pub enum Shape {
///     Dot,
///     Circle { radius: u32 },
/// }
/// ```
///
/// # Options
///
/// | option | default | meaning | example |
/// |---|---|---|---|
/// | `crate` | `::consort` | the path of this crate, if it is re-exported | `crate = "my_crate::consort"` |
///
/// A type with a lifetime or a `union` cannot cross the network. Other attributes that derive stand below this one.
#[proc_macro_attribute]
pub fn wire(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::wire(parse::wire(options.into(), item.into())).into()
}

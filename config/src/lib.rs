//! Configuration of services: typed, layered, revisioned.
//!
//! A service's config type is a plain struct. Its values come from four layers, each over the one before: the type's
//! `Default`, TOML files, environment variables, and what was set at run time. They are merged value by value, and
//! each value knows where it comes from. A mistake names the file and line, or the variable, and the key that was
//! probably meant; all mistakes are told at once, and nothing takes effect while there is one.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use consort_config::{Config, Edit, Secret};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! struct Cart {
//!     /// Items in one cart. Hot: a change reaches the running service at once.
//!     #[schemars(range(min = 1, max = 1000), extend("x-hot" = true))]
//!     limit: u32,
//!     /// Cold: a change waits for `refresh("cart")`.
//!     mail_host: String,
//!     /// Shown as `***` wherever values are shown.
//!     password: Secret<String>,
//! }
//!
//! impl Default for Cart {
//!     fn default() -> Self {
//!         Self { limit: 20, mail_host: "localhost".into(), password: Secret::default() }
//!     }
//! }
//!
//! let config = Config::builder()
//!     .service::<Cart>("cart")
//!     .toml("shop.toml", "[cart]\nlimit = 50\n") // or `.file("shop.toml")`
//!     .environment([("CONSORT_CART__MAIL_HOST", "mx.example.org")]) // or `std::env::vars_os()`
//!     .build()?;
//! assert_eq!(config.get::<Cart>("cart")?.limit, 50);
//!
//! // At run time: checked, then a revision. Whoever watches is told, the current values first.
//! let mut watch = config.watch::<Cart>("cart")?;
//! assert_eq!(watch.try_next().unwrap().config.limit, 50); // `next().await` waits
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
//! let applied = config.set(&Edit::by("ann", now).set("cart.limit", 80).expecting(0))?;
//! assert_eq!((applied.revision, watch.try_next().unwrap().config.limit), (1, 80));
//!
//! // Every value knows its source.
//! assert_eq!(
//!     config.explain("cart.limit")?.to_string(),
//!     "cart.limit = 80 (revision 1 by ann)\n  overrode 50 (shop.toml:2)\n  overrode 20 (default)"
//! );
//!
//! // A mistake changes nothing.
//! let error = config.set(&Edit::by("bob", now).set("cart.limt", 5).set("cart.limit", 5000)).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "2 mistakes in the configuration:
//!   change by bob: `cart.limt` is unknown; did you mean `limit`?
//!   change by bob: `cart.limit` wants an integer from 1 to 1000, found 5000"
//! );
//!
//! // Back to what was before the first revision, as a new one.
//! config.roll_back(0, "ann", now, None)?;
//! assert_eq!((config.revision(), config.get::<Cart>("cart")?.limit), (2, 50));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here reads a clock, and nothing recurses deeper than its documented limit: no file, variable or change
//! panics. Where values set at run time are kept is a [`Store`]: [`MemoryStore`], [`RedbStore`], or another that passes
//! the suite in `testing` (feature of that name).

mod layer;
mod live;
mod mistake;
mod nearest;
mod path;
mod schema;
mod secret;
mod service;
mod settle;
mod source;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use live::{
    AccessError, Applied, BuildError, Builder, CatchUpError, Changed, Config, ConfigChanged, Edit, Explained, Occasion,
    Overridden, RollBackError, SetError, Watch,
};
pub use mistake::{Mistake, Mistakes, Problem};
pub use path::{ConfigPath, PathError};
pub use secret::Secret;
pub use service::ServiceConfig;
pub use source::Source;
#[cfg(feature = "redb")]
pub use store::RedbStore;
pub use store::{AppendError, Cause, Change, Held, MemoryStore, Revision, Store, StoreError, Stored};

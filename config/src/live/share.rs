//! A store of several nodes, which is reached only once the configuration was built.

use std::sync::Arc;

use crate::live::config::{Config, Kept};
use crate::live::error::BuildError;
use crate::live::subscribe::Occasion;
use crate::store::Store;

impl Config {
    /// Keeps what is set at run time in this store from now on, unless the builder was given one: for a node whose store
    /// is reached through others, which it joins after its configuration was built. What stands there is in force when
    /// this returns, cold values too; so it is to be called before the services run. What was set before is forgotten.
    /// Returns whether it is kept there.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`](crate::Builder::build): a value in the store is not accepted, or it cannot be read. Nothing
    /// has changed then, unless it is the defaults that could not be kept.
    pub fn share(&self, store: impl Store) -> Result<bool, BuildError> {
        let mut writer = self.shared.writer.lock();
        if self.shared.kept.lock().is_given {
            return Ok(false);
        }
        let state = self.state();
        let mut next = self.shared.terms.open(&self.shared.catalog, state.base.clone(), &store)?;
        for (name, running) in &mut next.running {
            // who sees the same values is not told
            if let Some(same) = state.running.get(name).filter(|before| before.leaves == running.leaves) {
                *running = same.clone();
            }
        }
        *self.shared.kept.lock() = Kept { store: Arc::new(store), is_given: true };
        self.publish(next, &mut writer, Occasion::Refresh);
        drop(writer);
        self.shared.terms.keep_defaults(self)?;
        Ok(true)
    }
}

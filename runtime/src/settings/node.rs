//! The configuration of a running node.

use std::time::SystemTime;

use consort_config::{Applied, Config, Edit};

use crate::error::ConfigError;
use crate::node::Node;

impl Node {
    /// The configuration of the services this node serves: `get`, `explain`, `list`, `history`, `watch`.
    ///
    /// Its methods that write block on the store: from async code use those of the node,
    /// [`set_config`](Node::set_config), [`roll_back_config`](Node::roll_back_config),
    /// [`reload_config`](Node::reload_config) and [`refresh`](Node::refresh).
    pub fn config(&self) -> &Config {
        self.registry().common.config()
    }

    /// Sets and clears values at run time, in one revision. When it returns, every live activation whose hot values
    /// have changed is told before any message that is sent from then on. Cold values wait for
    /// [`refresh`](Node::refresh): [`Applied::waiting`] has them.
    ///
    /// ```no_run
    /// # async fn set(node: consort_runtime::Node) -> Result<(), consort_runtime::config::ConfigError> {
    /// use std::time::SystemTime;
    /// use consort_runtime::config::Edit;
    ///
    /// let edit = Edit::by("ann", SystemTime::now()).set("cart.limit", 80);
    /// let applied = node.set_config(edit).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// All mistakes at once; a revision other than the expected one; a store that fails. Nothing has changed then.
    ///
    /// # Cancel safety
    /// Once polled, the change goes on when this is dropped.
    pub async fn set_config(&self, edit: Edit) -> Result<Applied, ConfigError> {
        Ok(self.blocking(move |config| config.set(&edit)).await?)
    }

    /// Goes back to the values as they were after revision `to` (0: before the first), in a new revision by `author`.
    ///
    /// # Errors
    /// If not all revisions since are kept; and as [`set_config`](Node::set_config). Nothing has changed then.
    ///
    /// # Cancel safety
    /// As [`set_config`](Node::set_config).
    pub async fn roll_back_config(&self, to: u64, author: impl Into<String>) -> Result<Applied, ConfigError> {
        let author = author.into();
        Ok(self.blocking(move |config| config.roll_back(to, &author, SystemTime::now(), None)).await?)
    }

    /// Reads the files again. Hot values reach their services, cold ones wait for [`refresh`](Node::refresh).
    ///
    /// # Errors
    /// All mistakes at once. Nothing has changed then.
    ///
    /// # Cancel safety
    /// As [`set_config`](Node::set_config).
    pub async fn reload_config(&self) -> Result<(), ConfigError> {
        Ok(self.blocking(|config| config.reload()).await?)
    }

    /// Runs `work` on a thread for blocking work.
    pub(super) async fn blocking<R: Send + 'static>(&self, work: impl FnOnce(&Config) -> R + Send + 'static) -> R {
        let config = self.config().clone();
        match self.registry().common.runtime.spawn_blocking(move || work(&config)).await {
            Ok(done) => done,
            // it cannot be cancelled once it runs; before, only the end of the runtime does
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
        }
    }
}

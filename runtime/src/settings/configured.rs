//! [`Configured`]: a service that has configuration.

use consort_config::{ConfigChanged, ServiceConfig};

use crate::engine::Cx;
use crate::error::HookError;
use crate::service::Service;

/// A service that has configuration. `#[service(config = CartConfig)]` implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no configuration",
    label = "no configuration",
    note = "give it a type: `#[service(config = MyConfig)]`"
)]
pub trait Configured: Service {
    /// Its config type.
    type Config: ServiceConfig;

    /// Runs when hot values have changed, between messages and ahead of those that wait: the hook `#[configured]`. An
    /// error ends the activation like the panic of a handler.
    fn configured(
        &mut self,
        cx: &Cx,
        change: &ConfigChanged<Self::Config>,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = (cx, change);
        std::future::ready(Ok(()))
    }
}

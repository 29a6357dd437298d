//! [`Environment`]: a node that joins because its process was told to.

use consort_runtime::StartError;
use consort_runtime::remote::{Joining, World};

use crate::settings::from_env;

/// Joins as the environment of the process says.
#[derive(Debug)]
pub struct Environment;

/// What generated code hands to the runtime, so that one binary runs alone and as a node of a cluster.
pub const WORLD: Option<&'static dyn World> = Some(&Environment);

impl World for Environment {
    fn joining(&self) -> Result<Option<Box<dyn Joining>>, StartError> {
        let settings = from_env(|name| std::env::var_os(name))?;
        Ok(settings.map(|settings| Box::new(settings) as Box<dyn Joining>))
    }
}

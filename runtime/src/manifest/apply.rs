//! Applying a manifest to a node that runs.

#[cfg(feature = "config")]
use std::time::SystemTime;

#[cfg(feature = "config")]
use consort_config::Edit;
#[cfg(feature = "config")]
use serde_json::Value;

use super::plan::Plan;
use super::{AppliedManifest, Manifest};
use crate::error::ManifestError;
use crate::node::Node;
use crate::services::{ServiceHandle, ServiceState};

impl Node {
    /// What this node runs, as it was built: what [`NodeBuilder::manifest`](crate::NodeBuilder::manifest) said. A
    /// manifest that was [applied](Node::apply) since changes nothing in it.
    pub fn manifest(&self) -> &Manifest {
        self.registry().common.notes.manifest()
    }

    /// Makes the node run what a manifest says: services are enabled and disabled, put on the keep-alive list and taken
    /// off, and values of the configuration are set, in a revision by `manifest`. What is as the manifest says is left
    /// alone, and so is what it does not name: applied again, it does nothing.
    ///
    /// The text is that of a [`Manifest`], edited, or a part of it; documents of the kind `Config` set values:
    ///
    /// ```
    /// # use consort_runtime::{Node, ServiceState, service};
    /// # #[derive(Default)] struct Mailer;
    /// # #[service(crate = "consort_runtime")] impl Mailer { pub async fn send(&mut self) {} }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let node = Node::builder().serve::<Mailer>().start().await?;
    /// let applied = node.apply(r#"{ "kind": "Service", "name": "mailer", "enabled": false }"#).await?;
    /// assert_eq!(applied.changed, ["mailer: disabled"]);
    /// assert_eq!(node.service("mailer")?.status().state, ServiceState::Disabled);
    /// // after a line of `---`: { "kind": "Config", "name": "cart", "values": { "limit": 80 } }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Services whose cold values were changed by it are [refreshed](ServiceHandle::refresh).
    ///
    /// # Errors
    /// All mistakes at once, each with its line: names that nobody has, values of the wrong type, and whatever differs
    /// from what only the program can say. Nothing has changed then.
    ///
    /// # Cancel safety
    /// Not cancel safe: dropped midway, a part of it has been applied. Apply it again.
    pub async fn apply(&self, manifest: &str) -> Result<AppliedManifest, ManifestError> {
        let plan = Plan::of(manifest, self.manifest()).map_err(ManifestError::Mistakes)?;
        plan.ignored.iter().for_each(|what| tracing::warn!("the manifest's {what}: that is ignored"));
        let mut applied = AppliedManifest { ignored: plan.ignored, ..AppliedManifest::default() };
        #[cfg(feature = "config")]
        self.apply_values(&plan.values, &mut applied).await?;
        for (name, wants) in plan.kept {
            self.apply_kept(name, wants, &mut applied).await;
        }
        for (name, wants) in plan.enabled {
            if let Ok(service) = self.service(name) {
                apply_enabled(&service, wants, &mut applied).await;
            }
        }
        Ok(applied)
    }

    async fn apply_kept(&self, name: &'static str, wants: bool, applied: &mut AppliedManifest) {
        let list = self.keep_alive();
        if list.list().contains(&name) == wants {
            return;
        }
        // the plan has only names that are served
        let done = if wants { list.add(name).await } else { list.remove(name) };
        if done.is_ok() {
            applied.changed.push(format!("{name}: {}", if wants { "kept alive" } else { "no longer kept alive" }));
        }
    }

    #[cfg(feature = "config")]
    async fn apply_values(
        &self,
        values: &[(String, Value)],
        applied: &mut AppliedManifest,
    ) -> Result<(), ManifestError> {
        if values.is_empty() {
            return Ok(());
        }
        let edit = Edit::by("manifest", SystemTime::now());
        let edit = values.iter().fold(edit, |edit, (service, values)| edit.set(service, values.clone()));
        let set = self.set_config(edit).await?;
        applied.changed.extend(set.changed.iter().map(ToString::to_string));
        for (service, _) in values {
            let waits = set.waiting.iter().any(|path| path.service() == Some(service));
            let Some(service) = self.service(service).ok().filter(|_| waits) else { continue };
            if let Err(why) = service.refresh().await {
                applied.failed.push((service.name(), why));
            }
        }
        Ok(())
    }
}

async fn apply_enabled(service: &ServiceHandle, wants: bool, applied: &mut AppliedManifest) {
    let is_enabled = service.status().state != ServiceState::Disabled;
    if is_enabled == wants {
        return;
    }
    applied.changed.push(format!("{}: {}", service.name(), if wants { "enabled" } else { "disabled" }));
    let done = if wants { service.enable().await } else { service.disable().await };
    if let Err(why) = done {
        applied.failed.push((service.name(), why));
    }
}

//! The types that can cross the network.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that can be an argument, reply or error of a shared service.
///
/// It is implemented for every type that has its parts; `#[wire]` derives them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross the network",
    label = "not a wire type",
    note = "put `#[wire]` above the definition of `{Self}`, or of your types inside it",
    note = "or keep the service in one process with `#[service(local)]`: then any `Send` type will do"
)]
pub trait Wire: Serialize + DeserializeOwned + JsonSchema + Send + 'static {}

// Without this the compiler would name the missing `Serialize`, and not what to do about it.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + JsonSchema + Send + 'static> Wire for T {}

/// Compiles only for a [`Wire`] type: generated code calls it at the span of the type.
pub const fn assert_wire<T: Wire>() {}

#[cfg(test)]
mod tests {
    use super::assert_wire;
    use std::collections::BTreeMap;

    #[test]
    fn plain_data_is_wire() {
        assert_wire::<()>();
        assert_wire::<Vec<Option<String>>>();
        assert_wire::<BTreeMap<String, (u64, bool)>>();
        assert_wire::<serde_json::Value>();
    }
}

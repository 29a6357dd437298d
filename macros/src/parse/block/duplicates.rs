//! Methods of one name.

use crate::parse::attributes;
use crate::parse::error::Errors;
use syn::{ImplItem, ImplItemFn, ItemImpl};

/// Reports each handler whose name an earlier one has, and removes it, so that the compiler does not report it again.
/// Two copies of which one is conditional are left alone: only the compiler knows whether both are there.
pub fn remove(block: &mut ItemImpl, is_handler: fn(&ImplItemFn) -> bool, errors: &mut Errors) {
    let mut names = Vec::new();
    block.items.retain(|item| {
        let ImplItem::Fn(function) = item else { return true };
        if !is_handler(function) || !attributes::conditions(&function.attrs).is_empty() {
            return true;
        }
        let name = &function.sig.ident;
        if names.contains(name) {
            errors.at(name, format_args!("`{name}` is there twice; callers name methods, so give one another name"));
            return false;
        }
        names.push(name.clone());
        true
    });
}

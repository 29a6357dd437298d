//! The marker `#[redeliver]` of a handler.

use crate::parse::error::Errors;
use syn::{Attribute, Meta};

/// Takes the markers off a function; gives the first.
pub fn take(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Option<Attribute> {
    let (markers, others) = std::mem::take(attributes)
        .into_iter()
        .partition(|attribute: &Attribute| attribute.path().is_ident("redeliver"));
    *attributes = others;
    let markers: Vec<Attribute> = markers;
    for marker in &markers {
        if !matches!(marker.meta, Meta::Path(_)) {
            errors.at(marker, "`#[redeliver]` takes no options; write it alone");
        }
    }
    if let Some(second) = markers.get(1) {
        errors.at(second, "`#[redeliver]` is there twice; keep one of them");
    }
    markers.into_iter().next()
}

/// Reports a marker on what is no handler.
pub fn refuse(marker: Option<Attribute>, errors: &mut Errors) {
    if let Some(marker) = marker {
        let message = "`#[redeliver]` stands on a method that others call, a `pub async fn` with `&self` or `&mut self`; \
                       remove it here";
        errors.at(marker, message);
    }
}

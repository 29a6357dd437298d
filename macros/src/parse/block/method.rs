//! One handler.

use crate::ir::{Handler, Target};
use crate::parse::attributes;
use crate::parse::block::{arguments, is_plain, reply};
use crate::parse::error::Errors;
use syn::{ImplItemFn, Receiver, ReceiverKind, Type};

/// Reads a `pub async fn` with a receiver; nothing if something is wrong with it.
pub fn read(function: &ImplItemFn, this: &Type, errors: &mut Errors) -> Option<Handler> {
    let signature = &function.sig;
    let plain = is_plain(signature, "a handler", errors);
    // A lifetime of the receiver is declared by the method, and reported there.
    let shared = signature.receiver().filter(|_| plain).and_then(|receiver| shared(receiver, errors));
    let arguments = arguments(signature, Some(this), errors);
    let reply = reply(&signature.output, Some(this), errors);
    let (shared, arguments, reply) = (shared?, arguments?, reply?);
    Some(Handler {
        name: signature.ident.clone(),
        target: Target::Method,
        attributes: attributes::carried(&function.attrs),
        doc: attributes::documentation(&function.attrs),
        shared,
        redeliver: false,
        context: arguments.context,
        arguments: arguments.list,
        reply: reply.reply,
        error: reply.error,
    })
}

/// Whether the receiver is `&self`; the alternative is `&mut self`.
fn shared(receiver: &Receiver, errors: &mut Errors) -> Option<bool> {
    let message = match &receiver.kind {
        ReceiverKind::Reference(_, None, mutability) => return Some(mutability.is_none()),
        ReceiverKind::Reference(_, Some(_), _) => {
            "the receiver has no lifetime of its own; write `&self` or `&mut self`"
        }
        ReceiverKind::Value => {
            "a handler borrows the actor, which goes on after it; write `&self` or `&mut self` (`cx.this()` can stop it)"
        }
        _ => "the receiver is written short: `&self` or `&mut self`",
    };
    errors.at(receiver, message);
    None
}

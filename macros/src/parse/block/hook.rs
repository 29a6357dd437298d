//! Life-cycle hooks: `#[start]`, `#[started]`, `#[stop]`, `#[failed]`, `#[healthy]`,
//! `#[configured]`, `#[snapshot]`, `#[restore]`.

use crate::ir::{Hook, HookKind};
use crate::parse::attributes;
use crate::parse::block::argument::is_context;
use crate::parse::block::is_plain;
use crate::parse::error::Errors;
use crate::parse::types;
use syn::{Attribute, FnArg, ImplItemFn, Meta, ReceiverKind, ReturnType, Signature, Type, Visibility};

impl HookKind {
    fn of(attribute: &Attribute) -> Option<Self> {
        HookKind::ALL.into_iter().find(|kind| attribute.path().is_ident(kind.marker()))
    }

    /// The word between the brackets.
    fn marker(self) -> &'static str {
        match self {
            HookKind::Start => "start",
            HookKind::Started => "started",
            HookKind::Stop => "stop",
            HookKind::Failed => "failed",
            HookKind::Healthy => "healthy",
            HookKind::Configured => "configured",
            HookKind::Snapshot => "snapshot",
            HookKind::Restore => "restore",
        }
    }

    /// What a hook of this kind looks like.
    fn form(self) -> &'static str {
        match self {
            HookKind::Start => "async fn start(&mut self, cx: &Cx) -> Result<(), E>",
            HookKind::Started => "async fn started(&mut self, cx: &Cx) -> Result<(), E>",
            HookKind::Stop => "async fn stop(&mut self, cx: &Cx)",
            HookKind::Failed => "async fn failed(cx: &Cx, error: &str)",
            HookKind::Healthy => "async fn healthy(&mut self, cx: &Cx) -> Result<(), E>",
            HookKind::Configured => "async fn configured(&mut self, cx: &Cx, change: &ConfigChanged<C>)",
            HookKind::Snapshot => "async fn snapshot(&mut self, cx: &Cx) -> T",
            HookKind::Restore => "async fn restore(&mut self, cx: &Cx, state: T)",
        }
    }
}

/// Takes the hook markers off a method; gives the first.
pub fn take_marker(function: &mut ImplItemFn, errors: &mut Errors) -> Option<HookKind> {
    let (markers, others) =
        std::mem::take(&mut function.attrs).into_iter().partition(|attr| HookKind::of(attr).is_some());
    function.attrs = others;
    let markers: Vec<Attribute> = markers;
    for marker in &markers {
        if !matches!(marker.meta, Meta::Path(_)) {
            errors.at(marker, "a hook marker takes no options; write it alone");
        }
    }
    if let Some(second) = markers.get(1) {
        errors.at(second, "a method is one hook; write a second method that calls a common helper");
    }
    markers.first().and_then(HookKind::of)
}

/// Reads a method marked as a hook; nothing if it cannot be one.
pub fn read(function: &ImplItemFn, kind: HookKind, errors: &mut Errors) -> Option<Hook> {
    let signature = &function.sig;
    let before = function.vis == Visibility::Inherited && signature.asyncness.is_some();
    if function.vis != Visibility::Inherited {
        errors.at(
            &function.vis,
            format_args!("the runtime alone calls a `#[{}]` hook; remove the visibility", kind.marker()),
        );
    }
    if signature.asyncness.is_none() {
        let message = format_args!("a `#[{}]` hook is `async`: write `async fn {}`", kind.marker(), signature.ident);
        errors.at(signature.fn_token, message);
    }
    let plain = is_plain(signature, "a hook", errors);
    let context = inputs(signature, kind);
    let fallible = fallible(&signature.output, kind);
    if context.is_none() || fallible.is_none() {
        let cx = if kind == HookKind::Failed { "the context" } else { "`cx`" };
        let message =
            format_args!("a `#[{}]` hook has the form `{}` ({cx} may be left out)", kind.marker(), kind.form());
        errors.at(without_body(signature), message);
    }
    let (context, fallible) = (context?, fallible?);
    let conditions = attributes::conditions(&function.attrs);
    (before && plain).then(|| Hook { kind, method: signature.ident.clone(), conditions, context, fallible })
}

/// A signature without its qualifiers, to mark what is wrong and not more.
fn without_body(signature: &Signature) -> impl quote::ToTokens {
    let (name, inputs, output) = (&signature.ident, &signature.inputs, &signature.output);
    quote::quote!(#name #inputs #output)
}

/// Whether the hook takes the context, if it takes what it should.
fn inputs(signature: &Signature, kind: HookKind) -> Option<bool> {
    let mut inputs: Vec<&FnArg> = signature.inputs.iter().collect();
    let receiver = signature.receiver();
    if receiver.is_some() {
        inputs.remove(0);
    }
    let has_context = inputs.first().is_some_and(|first| matches!(first, FnArg::Typed(typed) if is_context(&typed.ty)));
    let rest = &inputs[usize::from(has_context)..];
    let fits = match (kind, receiver.map(|receiver| &receiver.kind)) {
        (HookKind::Failed, None) => matches!(rest, [FnArg::Typed(error)] if is_lent(&error.ty, "str")),
        (HookKind::Failed, _) | (_, None) => false,
        (HookKind::Configured, Some(ReceiverKind::Reference(_, None, _))) => {
            matches!(rest, [FnArg::Typed(change)] if is_lent(&change.ty, "ConfigChanged"))
        }
        (HookKind::Restore, Some(ReceiverKind::Reference(_, None, _))) => {
            matches!(rest, [FnArg::Typed(state)] if !matches!(*state.ty, Type::Reference(_)))
        }
        (_, Some(ReceiverKind::Reference(_, None, _))) => rest.is_empty(),
        _ => false,
    };
    fits.then_some(has_context)
}

/// Whether `ty` is a shared reference to a type of this name.
fn is_lent(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none()
        && types::last_segment(&reference.elem).is_some_and(|last| last.ident == name))
}

/// Whether the hook returns a `Result`, if it returns what it should: `#[configured]` and `#[restore]` may do as they
/// like.
fn fallible(output: &ReturnType, kind: HookKind) -> Option<bool> {
    let is_result = matches!(output, ReturnType::Type(_, ty) if !types::is_unit(ty));
    match kind {
        HookKind::Configured | HookKind::Restore if !is_result => Some(false),
        HookKind::Snapshot => is_result.then_some(false),
        _ => output_fits(output, kind).then_some(is_result),
    }
}

/// Whether the hook returns what it should. The alias `io::Result<()>` will do: the error is only printed.
fn output_fits(output: &ReturnType, kind: HookKind) -> bool {
    let may_fail = !matches!(kind, HookKind::Stop | HookKind::Failed);
    match output {
        ReturnType::Default => !may_fail,
        ReturnType::Type(_, ty) if !may_fail => types::is_unit(ty),
        ReturnType::Type(_, ty) => types::last_segment(ty)
            .filter(|segment| segment.ident == "Result")
            .is_some_and(|segment| types::type_arguments(segment).first().is_none_or(|reply| types::is_unit(reply))),
    }
}

/// Adds a hook, or reports that there is one of its kind. Two of which both are conditional may stand side by side.
pub fn add(hook: Hook, hooks: &mut Vec<Hook>, errors: &mut Errors) {
    let is_twin =
        |other: &&Hook| other.kind == hook.kind && (other.conditions.is_empty() || hook.conditions.is_empty());
    let Some(first) = hooks.iter().find(is_twin) else {
        hooks.push(hook);
        return;
    };
    let message = format_args!(
        "`{}` is the `#[{}]` hook already; a service has one of each, so call the second from it",
        first.method,
        hook.kind.marker()
    );
    errors.at(&hook.method, message);
}

/// Reports a hook for changes of a configuration that the service does not have.
pub fn check_config(hooks: &[Hook], has_config: bool, errors: &mut Errors) {
    for hook in hooks.iter().filter(|hook| hook.kind == HookKind::Configured && !has_config) {
        let message = "the service has no configuration to be told of; give it a type: `#[service(config = MyConfig)]`";
        errors.at(&hook.method, message);
    }
}

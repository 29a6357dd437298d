//! Copies of what was sent and of what was answered, where the types allow them.

/// An argument that can be delivered a second time.
///
/// It is implemented for every type that is `Clone`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be delivered again",
    label = "not `Clone`",
    note = "`#[redeliver]` keeps a copy of the arguments: put `#[derive(Clone)]` above the definition of `{Self}`, or of \
            your types inside it",
    note = "or remove `#[redeliver]`: then a tell whose handler panics is lost"
)]
pub trait Redeliverable: Clone {}

// Without this the compiler would name the missing `Clone`, and not what it is missing for.
#[diagnostic::do_not_recommend]
impl<T: Clone> Redeliverable for T {}

/// A copy of an argument: generated code calls it at the span of the type.
pub fn kept<T: Redeliverable>(argument: &T) -> T {
    argument.clone()
}

/// What a handler returned, for generated code to copy: `(&Returned(&outcome)).again()`.
///
/// With [`AgainFallback`] in scope that is a copy if both sides of the `Result` are `Clone`, and `None` otherwise: where
/// the types are parameters, what their bounds say.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'a, T, E>(pub &'a Result<T, E>);

// As in `weigh.rs`: an inherent method goes before a trait's, but only where its bounds hold.
impl<T: Clone, E: Clone> Returned<'_, T, E> {
    /// A copy.
    pub fn again(&self) -> Option<Result<T, E>> {
        Some(self.0.clone())
    }
}

/// The answer for types that are not `Clone`.
pub trait AgainFallback {
    /// What would have been copied.
    type Outcome;
    /// No copy.
    fn again(&self) -> Option<Self::Outcome>;
}

impl<T, E> AgainFallback for &Returned<'_, T, E> {
    type Outcome = Result<T, E>;

    fn again(&self) -> Option<Result<T, E>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{AgainFallback as _, Returned};
    use std::convert::Infallible;

    struct Foreign;

    /// What generated code writes for an outcome.
    macro_rules! again {
        ($outcome:expr) => {
            (&Returned(&$outcome)).again()
        };
    }

    fn of_any<T, E>(outcome: &Result<T, E>) -> bool {
        again!(*outcome).is_some()
    }

    fn of_clones<T: Clone, E: Clone>(outcome: &Result<T, E>) -> bool {
        again!(*outcome).is_some()
    }

    #[test]
    fn an_outcome_is_copied_if_both_its_sides_can_be() {
        assert_eq!(again!(Ok::<_, Infallible>(7)), Some(Ok(7)));
        assert_eq!(again!(Err::<u8, _>(String::from("no"))), Some(Err("no".into())));
        assert!(again!(Ok::<_, Infallible>(Foreign)).is_none());
        assert!(again!(Ok::<_, Foreign>(7)).is_none());
        assert!(again!(Err::<Foreign, _>(7)).is_none());
    }

    #[test]
    fn the_bounds_of_parameters_decide_for_them() {
        assert!(of_clones(&Ok::<_, Infallible>(7)));
        assert!(!of_any(&Ok::<_, Infallible>(7)));
    }
}

//! [`Operation`]: what a reference does with an actor beside calling it.

/// An operation on an actor's life, sent as a call without arguments of the method of its [name](Operation::name). It
/// goes ahead of mail, and is answered when it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Starts an activation, unless there is one.
    Start,
    /// Ends the activation.
    Stop,
    /// Ends it, and starts another.
    Restart,
}

impl Operation {
    /// Each of them.
    pub const ALL: [Operation; 3] = [Operation::Start, Operation::Stop, Operation::Restart];

    /// The name under which it is sent; no method can have it.
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Start => "@start",
            Operation::Stop => "@stop",
            Operation::Restart => "@restart",
        }
    }

    /// The operation of this name, if it is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn each_operation_is_found_by_its_name_and_nothing_else_is() {
        for operation in Operation::ALL {
            assert_eq!(Operation::named(operation.name()), Some(operation));
        }
        assert_eq!(Operation::named("start"), None);
    }
}

//! [`StandIn`]: answers in place of a service, in tests of those who call it.

use std::any::{Any, type_name};
use std::collections::HashMap;
use std::marker::PhantomData;

use parking_lot::Mutex;

use crate::error::{CallError, NotRun};
use crate::service::{Method, Service};

type Answering<A, R, E> = Box<dyn FnMut(A) -> Result<R, CallError<E>> + Send>;

/// Answers the calls of a service by a script, behind its real reference: for tests of those who call it. Nothing of
/// the service itself runs, and no instance is made.
///
/// ```
/// # extern crate consort_runtime as consort;
/// use consort::prelude::*;
/// use consort::{StandIn, Unknown};
///
/// struct Bank { /* a connection that no test has */ }
///
/// #[service(key = "/bank/{account}")]
/// impl Bank {
///     pub async fn balance(&self) -> i64 { 0 }
///     pub async fn pay(&mut self, cents: i64) -> Result<i64, String> { Ok(cents) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut left = 100;
/// let bank = StandIn::<Bank>::new()
///     .on("balance", |()| Ok::<i64, CallError<Never>>(100))
///     .on("pay", move |(cents,): (i64,)| {
///         left -= cents;
///         if left >= 0 { Ok(left) } else { Err(CallError::App(String::from("no cover"))) }
///     });
/// let node = Node::builder().stand_in(bank).start().await.unwrap();
/// let account = node.get::<Bank>("ann");
/// assert_eq!(account.pay(70).await, Ok(30));
/// assert_eq!(account.pay(70).await, Err(CallError::App("no cover".into())));
/// # }
/// ```
///
/// An answer may be any outcome a call can have, [`NotRun`] and [`Unknown`](crate::error::Unknown) too. It is given at
/// once, on the caller's task, one at a time; a tell is answered as well, and the answer dropped.
pub struct StandIn<S: Service> {
    answers: Mutex<HashMap<&'static str, Scripted>>,
    service: PhantomData<fn() -> S>,
}

/// An [`Answering`] of some types, and their names.
struct Scripted {
    answer: Box<dyn Any + Send>,
    types: String,
}

fn types<A, R, E>() -> String {
    format!("{} and returns Result<{}, CallError<{}>>", type_name::<A>(), type_name::<R>(), type_name::<E>())
}

impl<S: Service> StandIn<S> {
    /// Answers nothing yet: calls end with [`NotRun::UnknownMethod`].
    pub fn new() -> Self {
        StandIn { answers: Mutex::default(), service: PhantomData }
    }

    /// Answers the calls of one method. `A` is the tuple of its arguments, `R` its reply, and `E` its error, which is
    /// [`Never`](crate::error::Never) for a method that returns a plain value.
    ///
    /// # Panics
    /// When the service has no such method.
    pub fn on<A: 'static, R: 'static, E: 'static>(
        self,
        method: &'static str,
        answer: impl FnMut(A) -> Result<R, CallError<E>> + Send + 'static,
    ) -> Self {
        let known: Vec<&str> = S::methods().iter().map(|entry| entry.name).collect();
        let service = S::INFO.name;
        assert!(known.contains(&method), "`{service}` has no method `{method}`; it has {}", known.join(", "));
        let answer: Answering<A, R, E> = Box::new(answer);
        self.answers.lock().insert(method, Scripted { answer: Box::new(answer), types: types::<A, R, E>() });
        self
    }

    /// The answer to a call of method `N`.
    pub(crate) fn play<const N: usize>(&self, arguments: S::Args) -> Result<S::Reply, CallError<S::Error>>
    where
        S: Method<N>,
    {
        let mut answers = self.answers.lock();
        let scripted: Vec<&str> = answers.keys().copied().collect();
        let Some(Scripted { answer, types: found }) = answers.get_mut(S::NAME) else {
            return Err(NotRun::unknown_method(S::INFO.name, S::NAME, scripted).into());
        };
        let Some(answer) = answer.downcast_mut::<Answering<S::Args, S::Reply, S::Error>>() else {
            let (service, method, wanted) = (S::INFO.name, S::NAME, types::<S::Args, S::Reply, S::Error>());
            panic!("`{method}` of `{service}` takes {wanted}; the stand-in's takes {found}");
        };
        answer(arguments)
    }

    /// A tell of method `N`: only that it did not run would be seen by its sender.
    pub(crate) fn hear<const N: usize>(&self, arguments: S::Args) -> Result<(), NotRun>
    where
        S: Method<N>,
    {
        match self.play::<N>(arguments) {
            Err(CallError::NotRun(why)) => Err(why),
            Ok(_) | Err(CallError::App(_) | CallError::Unknown(_)) => Ok(()),
        }
    }
}

impl<S: Service> Default for StandIn<S> {
    fn default() -> Self {
        StandIn::new()
    }
}

//! [`DeadLetters`]: the door to a node's dead letters.

use std::fmt;
use std::sync::Arc;

use super::{DeadLetter, Letters, Replayed};
use crate::dynamic::DynamicCall;
use crate::error::{LetterError, NotRun};
use crate::node::Registry;

/// The messages a node could not deliver, from [`Node::dead_letters`](crate::Node::dead_letters). Cheap to clone; it
/// does not keep the node alive.
///
/// There are [`NodeBuilder::dead_letters`](crate::NodeBuilder::dead_letters) of them at most, with 8 MiB of arguments
/// in all: the oldest make room, and are [counted](DeadLetters::lost).
///
/// ```
/// # extern crate consort_runtime as consort;
/// use consort::prelude::*;
///
/// #[derive(Default)]
/// pub struct Mailer;
///
/// #[service(name = "mailer")]
/// impl Mailer {
///     pub async fn send(&mut self, to: String) {
///         assert!(to.contains('@'), "no address: {to}");
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = Node::builder().serve::<Mailer>().start().await?;
/// let mailer = node.get::<Mailer>(());
/// mailer.send("ann".into()).push().await?;
/// mailer.ping().await?;
///
/// let letter = &node.dead_letters().of("mailer")[0];
/// assert_eq!((letter.method, letter.crashes), ("send", 1));
/// assert_eq!(&*letter.reason, "the handler panicked: no address: ann [C0020]");
/// node.dead_letters().discard(letter.number)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DeadLetters {
    registry: Arc<Registry>,
}

impl DeadLetters {
    pub(crate) fn of_node(registry: Arc<Registry>) -> Self {
        DeadLetters { registry }
    }

    fn letters(&self) -> &Letters {
        &self.registry.common.letters
    }

    /// All letters, oldest first.
    pub fn list(&self) -> Vec<DeadLetter> {
        self.letters().list(None).into_iter().map(|kept| kept.read()).collect()
    }

    /// The letters of one service, oldest first.
    pub fn of(&self, service: &str) -> Vec<DeadLetter> {
        self.letters().list(Some(service)).into_iter().map(|kept| kept.read()).collect()
    }

    /// The letter of this number, if it is still here.
    pub fn get(&self, number: u64) -> Option<DeadLetter> {
        self.letters().get(number).map(|kept| kept.read())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.letters().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many had to make room for others since the node's start.
    pub fn lost(&self) -> u64 {
        self.letters().lost()
    }

    /// Sends the message again, as a plain tell to the actor of its key, and waits for room there. Once it is in the
    /// mailbox the letter is gone; should it fail again, it comes back under another number.
    ///
    /// # Errors
    /// [`LetterError::Unknown`] if there is no such letter, [`LetterError::NotReplayable`] if it has no arguments or
    /// was sent to a spawned actor, [`LetterError::NotSent`] if it was refused. The letter stays then.
    ///
    /// # Cancel safety
    /// Dropped before it is done, nothing is sent and the letter stays.
    pub async fn replay(&self, number: u64) -> Result<(), LetterError> {
        let letter = self.letters().take_up(number)?.read();
        let _until_the_end = Underway { letters: self.letters(), number };
        self.send(letter).await.map_err(|why| LetterError::NotSent { number, why })?;
        // it may have had to make room meanwhile
        let _ = self.letters().remove(number);
        Ok(())
    }

    async fn send(&self, letter: DeadLetter) -> Result<(), NotRun> {
        let DeadLetter { service, path, method, arguments, .. } = letter;
        let Some(kind) = self.registry.named(service) else {
            return Err(NotRun::not_served(service, self.registry.names()));
        };
        let (key, method) = (path.to_string(), method.to_owned());
        kind.push(DynamicCall { key, method, arguments: arguments.unwrap_or_default() }).await
    }

    /// Replays all letters the service has now, oldest first, each as [`replay`](DeadLetters::replay) does.
    ///
    /// # Cancel safety
    /// Dropped before it is done, those sent are gone and the others stay.
    pub async fn replay_all(&self, service: &str) -> Replayed {
        let mut replayed = Replayed::default();
        for number in self.letters().numbers(service) {
            match self.replay(number).await {
                Ok(()) => replayed.sent += 1,
                Err(why) => replayed.kept.push(why),
            }
        }
        replayed
    }

    /// Throws a letter away.
    ///
    /// # Errors
    /// [`LetterError::Unknown`] if there is no such letter.
    pub fn discard(&self, number: u64) -> Result<(), LetterError> {
        self.letters().remove(number)
    }
}

impl fmt::Debug for DeadLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetters").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A letter that is being replayed; dropping this makes it one like the others again.
struct Underway<'a> {
    letters: &'a Letters,
    number: u64,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.letters.put_down(self.number);
    }
}

//! The rules of the test kit, one subject a file.

extern crate consort_runtime as consort;

mod gate;
mod metrics;
mod node;
mod poll_now;
mod probe;
mod records;
mod stand_in;
mod told;
mod until;

/// The message of the panic a future ends with.
async fn panic_of<F: Future<Output = ()> + Send + 'static>(future: F) -> String {
    let panic = tokio::spawn(future).await.expect_err("it panics").into_panic();
    *panic.downcast::<String>().expect("a formatted message")
}

//! What happens to a service that crashes, hangs, is flooded, loses what it needs, gets a message it cannot stand, or is
//! configured anew, and what its supervisor says of each.
//!
//! ```sh
//! cargo run --release --example resilience           # all scenes, some ten seconds
//! cargo run --release --example resilience -- crash  # one of them
//! ```

mod scenes;
mod stage;

use stage::Stage;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // what the handlers' panics say is told by the supervisor
    std::panic::set_hook(Box::new(|_| ()));
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let names = ["crash", "hang", "flood", "dependency", "poison", "config"];
    if let Some(unknown) = chosen.iter().find(|name| !names.contains(&name.as_str())) {
        eprintln!("there is no scene `{unknown}`; there are {}", names.join(", "));
        std::process::exit(2);
    }
    for name in names.into_iter().filter(|name| chosen.is_empty() || chosen.iter().any(|it| it == name)) {
        match name {
            "crash" => scenes::crash().await?,
            "hang" => scenes::hang().await?,
            "flood" => scenes::flood().await?,
            "dependency" => scenes::dependency().await?,
            "poison" => scenes::poison().await?,
            _ => scenes::config().await?,
        }
    }
    Ok(())
}

//! Dynamic call: services by name, arguments as JSON, for consoles, gateways and scripts; from a plain `fn main`.
//!
//! `cargo run --example dynamic_call`

use consort::prelude::*;
use serde_json::json;

/// A bank account.
#[derive(Default)]
pub struct Account {
    balance: i64,
}

/// There is not enough money.
#[wire]
pub struct Overdrawn {
    /// How much is missing.
    pub missing: i64,
}

#[service(name = "account", version = "1.2", key = "/bank/{bank}/account/{number: u64}")]
impl Account {
    /// Puts money in; returns the balance.
    pub async fn deposit(&mut self, amount: i64) -> i64 {
        self.balance += amount;
        self.balance
    }

    /// Takes money out; returns the balance.
    pub async fn withdraw(&mut self, amount: i64) -> Result<i64, Overdrawn> {
        if amount > self.balance {
            return Err(Overdrawn { missing: amount - self.balance });
        }
        self.balance -= amount;
        Ok(self.balance)
    }
}

/// A program that is not async itself: it makes the runtime, in which the node lives, and waits for what it calls.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let node = runtime.block_on(Node::builder().serve::<Account>().start())?;
    for service in node.services() {
        println!("{} {} at {}", service.name, service.version, service.key);
        for method in service.methods {
            let arguments: Vec<_> = method.arguments.iter().map(|argument| &*argument.name).collect();
            println!("  {}({}): {}", method.name, arguments.join(", "), method.doc);
        }
    }
    let seven = "/bank/north/account/7";
    for (key, method, arguments) in [
        (seven, "deposit", json!({ "amount": 50 })),
        (seven, "withdraw", json!({ "amount": 80 })),
        (seven, "steal", json!({})),
        (seven, "deposit", json!({ "amount": "much" })),
        ("/bank/north/account/seven", "deposit", json!({ "amount": 1 })),
    ] {
        match runtime.block_on(node.call("account", key, method, arguments)) {
            Ok(reply) => println!("{method}: {reply}"),
            Err(CallError::App(refused)) => println!("{method}: refused, {refused}"),
            Err(error) => println!("{method}: {error}"),
        }
    }
    runtime.block_on(node.shutdown())?;
    Ok(())
}

//! Services that are special in one way each.

use consort::prelude::*;

use super::prompter::gate;

/// Two of it may work at a time.
#[derive(Default)]
pub struct Rare;

#[service(name = "rare", key = "/place/{place}/rare/{number: u32}", limit = 2)]
impl Rare {
    /// Waits at the gate of its place.
    pub async fn work(&mut self, cx: &Cx) {
        let (place, _) = cx.key::<(String, u32)>().expect("its key is a place and a number");
        gate(place).pass().await;
    }
}

/// Cannot start.
#[derive(Default)]
pub struct Broken;

#[service(name = "broken", key = "/place/{place}/broken")]
impl Broken {
    #[start]
    async fn begin(&mut self) -> Result<(), String> {
        Err("there is no oil".into())
    }

    /// Never runs.
    pub async fn look(&self) {}
}

/// Has no key.
#[derive(Default)]
pub struct Crew;

#[service(name = "crew", version = "0.3.0", pool = 2)]
impl Crew {
    /// The next number.
    pub async fn next(&self, number: u32) -> u32 {
        number + 1
    }
}

/// Cannot be called by name.
#[derive(Default)]
pub struct Secret;

#[service(name = "secret", local)]
impl Secret {
    /// Looks.
    pub async fn look(&self) {}
}

/// Is served by nobody.
#[derive(Default)]
pub struct Absent;

#[service(name = "absent", key = "/place/{place}/absent")]
impl Absent {
    /// Looks.
    pub async fn look(&self) {}
}

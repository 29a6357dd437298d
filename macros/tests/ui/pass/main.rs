//! What the macros must accept. One program, because linking each file by itself takes most of the time.

mod arguments;
mod attributes;
mod care;
mod collisions;
mod configured;
mod functions;
mod generics;
mod options;
mod renamed_crate;
mod snapshots;
mod visibility;
mod wire_types;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    arguments::main()?;
    attributes::main()?;
    care::main();
    collisions::main()?;
    configured::main();
    functions::main()?;
    generics::main()?;
    options::main();
    renamed_crate::main()?;
    snapshots::main();
    visibility::main()?;
    wire_types::main();
    Ok(())
}

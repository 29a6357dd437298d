use consort::prelude::*;

pub struct Reader<'a>(&'a str);

#[service]
impl<'a> Reader<'a> {
    pub async fn read(&self) -> String {
        self.0.to_owned()
    }
}

pub struct Other<'a>(&'a str);

#[service]
impl Other<'_> {
    pub async fn read(&self) -> String {
        self.0.to_owned()
    }
}

fn main() {}

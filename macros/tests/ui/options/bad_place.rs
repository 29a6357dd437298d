use consort::prelude::*;

#[derive(Default)]
pub struct One;

#[service(key = "/tenant/{tenant}/counter/{name}", place = "colocat(tenant)")]
impl One {
    pub async fn total(&self) -> i64 {
        0
    }
}

#[derive(Default)]
pub struct Two;

#[service(key = "/tenant/{tenant}/counter/{name}", place = "colocate(tenat)")]
impl Two {
    pub async fn total(&self) -> i64 {
        0
    }
}

#[derive(Default)]
pub struct Three;

#[service(key = "/tenant/{tenant}/counter/{name}", place = "group(tenant)")]
impl Three {
    pub async fn total(&self) -> i64 {
        0
    }
}

#[derive(Default)]
pub struct Four;

#[service(key = "/tenant/{tenant}/counter/{name}", place = "group(name, 4)")]
impl Four {
    pub async fn total(&self) -> i64 {
        0
    }
}

#[derive(Default)]
pub struct Five;

#[service(key = "/tenant/{tenant}/counter/{name}", place = 4)]
impl Five {
    pub async fn total(&self) -> i64 {
        0
    }
}

fn main() {
    let _: Option<OneRef> = None;
    let _ = Node::builder().serve::<One>().serve::<Two>().serve::<Three>().serve::<Four>().serve::<Five>();
}

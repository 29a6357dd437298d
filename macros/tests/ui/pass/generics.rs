//! Generic services, with bounds in both places, and one of a single instance.

use consort::prelude::*;
use std::collections::HashMap;
use std::fmt::Display;

pub struct Cache<T> {
    values: HashMap<String, T>,
}

#[service(key = "/cache/{name}", local)]
impl<T: Clone + Send + 'static> Cache<T>
where
    T: Display,
{
    pub async fn insert(&mut self, name: String, value: T) -> Option<T> {
        self.values.insert(name, value)
    }

    pub async fn find(&mut self, name: String) -> Result<T, String> {
        self.values.get(&name).cloned().ok_or(name)
    }

    #[start]
    async fn ready(&mut self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

/// A generic service whose types travel.
#[derive(Default)]
pub struct Stack<S, const N: usize> {
    values: Vec<S>,
}

#[service(name = "stack")]
impl<S: consort::Wire + Clone + Sync, const N: usize> Stack<S, N> {
    pub async fn push(&mut self, value: S) -> bool {
        let room = self.values.len() < N;
        if room {
            self.values.push(value);
        }
        room
    }

    pub async fn all(&self) -> Vec<S> {
        self.values.clone()
    }
}

pub struct Only<T>(T);

#[service(name = "only")]
impl Only<u8> {
    pub async fn get(&self) -> u8 {
        self.0
    }
}

async fn typed<T: Clone + Send + Display + 'static>(cache: CacheRef<T>, value: T) -> Result<T, CallError<String>> {
    let _ = cache.insert("a".into(), value).await;
    cache.find("a".into()).await
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let empty = |_| async { Ok::<_, Never>(Cache::<u8> { values: HashMap::new() }) };
    let node = Node::builder().serve_with(empty).serve::<Stack<String, 1>>().start().await?;
    assert_eq!(typed(node.get::<Cache<u8>>("x"), 7).await?, 7);
    let stack: StackRef<String, 1> = node.get::<Stack<String, 1>>(());
    assert!(stack.push("a".into()).await?);
    assert!(!stack.push("b".into()).await?);
    let only: OnlyRef = node.spawn(Only(3));
    assert_eq!(only.get().await?, 3);
    assert_eq!(format!("{:?}", stack.clone()), "stack/");
    Ok(())
}

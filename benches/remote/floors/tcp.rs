//! TCP, without encryption.

use super::mux::Mux;
use super::reflect::reflect;
use crate::engine::{Engine, Failure, Flavour, Ready};
use bytes::Bytes;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

/// A TCP connection.
pub struct Tcp(Arc<Mux>);

impl Engine for Tcp {
    const NAME: &'static str = "raw_tcp";
    const FLAVOUR: Flavour = Flavour::CurrentThread;

    async fn serve(ready: Ready) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        ready.at(listener.local_addr().expect("it is bound"));
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).expect("the option exists");
            let (reader, writer) = stream.into_split();
            tokio::spawn(reflect(reader, writer));
        }
    }

    async fn connect(address: String) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("the option exists");
        let (reader, writer) = stream.into_split();
        Self(Mux::over(reader, writer))
    }

    async fn ask(&self, _: usize, payload: Bytes) -> Result<usize, Failure> {
        self.0.ask(&payload).await
    }

    async fn tell(&self, _: usize, payload: Bytes) -> Result<(), Failure> {
        self.0.tell(&payload).await
    }
}

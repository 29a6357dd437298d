//! tonic: gRPC over HTTP/2, without encryption. Asks are unary calls; tells are messages of one stream.

use crate::engine::{Engine, Failure, Flavour, Ready, count_tell, failure};
use bytes::Bytes;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::task::{Context, Poll};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::client;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{self, ClientStreamingService, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

const ASK: &str = "/benches.Echo/Ask";
const TELL: &str = "/benches.Echo/Tell";

/// The largest message: 4 MiB would be, unless it is said.
const MESSAGE_MAX: usize = 64 << 20;

/// Calls at once on a connection: 200 would be.
const STREAMS: u32 = 4096;

/// Tells that wait for the stream.
const TELLS: usize = 1024;

type Codec = ProstCodec<Payload, Payload>;

#[derive(Clone, PartialEq, prost::Message)]
struct Payload {
    #[prost(bytes = "bytes", tag = "1")]
    bytes: Bytes,
}

/// A gRPC channel.
pub struct Tonic {
    client: client::Grpc<Channel>,
    tells: mpsc::Sender<Payload>,
}

impl Engine for Tonic {
    const NAME: &'static str = "tonic";
    const FLAVOUR: Flavour = Flavour::MultiThread;

    async fn serve(ready: Ready) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        ready.at(listener.local_addr().expect("it is bound"));
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = Server::builder().max_concurrent_streams(STREAMS).add_service(Echo);
        server.serve_with_incoming(incoming).await.expect("the server runs");
    }

    async fn connect(address: String) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("the address is good");
        let channel = endpoint.tcp_nodelay(true).connect().await.expect("the server listens");
        let client = client::Grpc::new(channel).max_decoding_message_size(MESSAGE_MAX);
        let (tells, told) = mpsc::channel(TELLS);
        let mut streaming = client.clone();
        tokio::spawn(async move {
            streaming.ready().await.expect("the channel is there");
            let request = Request::new(ReceiverStream::new(told));
            // it ends with the process
            let _ = streaming.client_streaming(request, PathAndQuery::from_static(TELL), Codec::default()).await;
        });
        Self { client, tells }
    }

    async fn ask(&self, _: usize, bytes: Bytes) -> Result<usize, Failure> {
        let mut client = self.client.clone();
        client.ready().await.map_err(failure)?;
        let request = Request::new(Payload { bytes });
        let answer = client.unary(request, PathAndQuery::from_static(ASK), Codec::default()).await;
        answer.map(|answer| answer.get_ref().bytes.len()).map_err(failure)
    }

    async fn tell(&self, _: usize, bytes: Bytes) -> Result<(), Failure> {
        self.tells.send(Payload { bytes }).await.map_err(failure)
    }
}

/// What a compiler of `.proto` files would write.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "benches.Echo";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut server = server::Grpc::new(Codec::default()).max_decoding_message_size(MESSAGE_MAX);
            Ok(match request.uri().path() {
                ASK => server.unary(Ask, request).await,
                TELL => server.client_streaming(Tell, request).await,
                _ => Status::unimplemented("there is no such method").into_http(),
            })
        })
    }
}

struct Ask;

impl UnaryService<Payload> for Ask {
    type Response = Payload;
    type Future = BoxFuture<Response<Payload>, Status>;

    fn call(&mut self, request: Request<Payload>) -> Self::Future {
        Box::pin(async move { Ok(Response::new(request.into_inner())) })
    }
}

struct Tell;

impl ClientStreamingService<Payload> for Tell {
    type Response = Payload;
    type Future = BoxFuture<Response<Payload>, Status>;

    fn call(&mut self, request: Request<Streaming<Payload>>) -> Self::Future {
        Box::pin(async move {
            let mut tells = request.into_inner();
            while tells.message().await?.is_some() {
                count_tell();
            }
            Ok(Response::new(Payload::default()))
        })
    }
}

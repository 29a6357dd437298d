//! One connection to etcd: [`Client`].

use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;
use tokio_stream::StreamExt;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::options::EtcdOptions;
use super::proto::{RangeRequest, RangeResponse, WatchCreateRequest, WatchRequest, WatchResponse};
use super::store::EtcdError;
use crate::control::store::{Entry, LeaseId, Revision};

/// Bytes of an answer: the longest range, of keys so short that what is around them is as long again.
const ANSWER_MAX: usize = 64 << 20;

/// How long etcd may be silent on a connection before that counts as dead.
const SILENCE: Duration = Duration::from_secs(5);

/// A connection, and which keys are ours. Cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    channel: Channel,
    root: Box<str>,
    patience: Duration,
}

/// Why there is no answer.
pub(super) enum Failed {
    /// Nobody answered in time.
    NoQuorum,
    /// What was asked for does not exist.
    NotFound,
    /// The answer is no, and will be.
    Refused(String),
}

impl Client {
    pub(super) fn new(options: &EtcdOptions) -> Result<Self, EtcdError> {
        let endpoint = |url: &String| {
            let bad = |reason: String| EtcdError { endpoint: url.clone(), reason };
            let endpoint = Endpoint::from_shared(url.clone()).map_err(|error| bad(error.to_string()))?;
            match endpoint.uri().scheme_str() {
                Some("http") => {}
                _ => return Err(bad("http:// and an address are wanted".to_owned())),
            }
            let endpoint = endpoint.connect_timeout(options.patience).keep_alive_while_idle(true);
            Ok(endpoint.http2_keep_alive_interval(SILENCE).keep_alive_timeout(SILENCE))
        };
        let endpoints = options.endpoints.iter().map(endpoint).collect::<Result<Vec<_>, _>>()?;
        if endpoints.is_empty() {
            return Err(EtcdError { endpoint: String::new(), reason: "there is none".to_owned() });
        }
        let channel = Channel::balance_list(endpoints.into_iter());
        Ok(Self { channel, root: options.root.as_str().into(), patience: options.patience })
    }

    /// Asks, and waits for the answer.
    pub(super) async fn ask<Q, A>(&self, path: &'static str, request: Q) -> Result<A, Failed>
    where
        Q: prost::Message + Send + Sync + 'static,
        A: prost::Message + Default + Send + Sync + 'static,
    {
        let asked = async {
            let mut grpc = self.grpc().await?;
            let path = PathAndQuery::from_static(path);
            grpc.unary(Request::new(request), path, ProstCodec::<Q, A>::default()).await
        };
        within(self.patience, asked).await
    }

    /// Asks what is answered as a stream, of which the first answer is wanted.
    pub(super) async fn ask_once<Q, A>(&self, path: &'static str, request: Q) -> Result<A, Failed>
    where
        Q: prost::Message + Send + Sync + 'static,
        A: prost::Message + Default + Send + Sync + 'static,
    {
        let asked = async {
            let mut grpc = self.grpc().await?;
            let (path, once) = (PathAndQuery::from_static(path), tokio_stream::once(request));
            let codec = ProstCodec::<Q, A>::default();
            let mut answers = grpc.streaming(Request::new(once), path, codec).await?.into_inner();
            let answer = answers.message().await?;
            answer.map(tonic::Response::new).ok_or_else(|| Status::unavailable("there is no answer"))
        };
        within(self.patience, asked).await
    }

    /// The newest revision.
    pub(super) async fn now(&self) -> Result<Revision, Failed> {
        let nothing = RangeRequest { key: self.key(""), keys_only: true, ..RangeRequest::default() };
        let answer: RangeResponse = self.ask("/etcdserverpb.KV/Range", nothing).await?;
        Ok(revision(answer.header.unwrap_or_default().revision))
    }

    /// Begins a watch. It lasts as long as the stream.
    pub(super) async fn watch(&self, prefix: &str, from: Revision) -> Result<Streaming<WatchResponse>, Failed> {
        let create = WatchCreateRequest {
            key: self.key(prefix),
            range_end: self.end(prefix),
            start_revision: i64::try_from(from.0).unwrap_or(i64::MAX - 1) + 1,
        };
        // Etcd ends the watch when whoever asked for it has nothing more to say, so that must not happen.
        let request = tokio_stream::once(WatchRequest { create: Some(create) }).chain(tokio_stream::pending());
        let asked = async {
            let mut grpc = self.grpc().await?;
            let path = PathAndQuery::from_static("/etcdserverpb.Watch/Watch");
            grpc.streaming(Request::new(request), path, ProstCodec::default()).await
        };
        within(self.patience, asked).await
    }

    /// A key of ours as etcd has it.
    pub(super) fn key(&self, key: &str) -> Bytes {
        [self.root.as_bytes(), key.as_bytes()].concat().into()
    }

    /// The first key that does not begin with the prefix.
    pub(super) fn end(&self, prefix: &str) -> Bytes {
        let mut end = [self.root.as_bytes(), prefix.as_bytes()].concat();
        // 0xff stands in no text, so there is always one to count up.
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        end.into()
    }

    /// A key of etcd as we have it; `None` if it is none of ours.
    pub(super) fn name(&self, key: &[u8]) -> Option<Box<str>> {
        let key = std::str::from_utf8(key).ok()?;
        key.strip_prefix(&*self.root).map(Into::into)
    }

    /// What etcd says of a key.
    pub(super) fn entry(&self, kv: super::proto::KeyValue) -> Option<Entry> {
        Some(Entry {
            key: self.name(&kv.key)?,
            revision: revision(kv.mod_revision),
            lease: (kv.lease != 0).then_some(LeaseId(kv.lease as u64)),
            value: kv.value,
        })
    }

    async fn grpc(&self) -> Result<Grpc<Channel>, Status> {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(ANSWER_MAX);
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        Ok(grpc)
    }
}

/// Revisions are never negative.
pub(super) fn revision(number: i64) -> Revision {
    Revision(u64::try_from(number).unwrap_or_default())
}

async fn within<T>(
    patience: Duration,
    asked: impl Future<Output = Result<tonic::Response<T>, Status>>,
) -> Result<T, Failed> {
    match timeout(patience, asked).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => Err(Failed::of(&status)),
        Err(_) => Err(Failed::NoQuorum),
    }
}

impl Failed {
    fn of(status: &Status) -> Self {
        match status.code() {
            Code::NotFound => Failed::NotFound,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown | Code::Internal => {
                Failed::NoQuorum
            }
            _ => Failed::Refused(format!("etcd refuses: {}", status.message())),
        }
    }
}

//! The zone as a client meets it: raw HTTP over a socket, so that nothing normalises what is sent.

mod account;
mod columns;
mod connections;
mod faults;
mod keys;
mod requests;
mod scenarios;
mod templates;
mod transport;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{Options, Sandbox};

pub(super) struct Probe {
    pub(super) zone: Sandbox,
    token: String,
}

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    fn of(raw: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(raw).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        })
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value at a JSON pointer.
    pub(super) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    pub(super) fn suberrors(&self) -> Vec<String> {
        let list = self.at("/suberrors");
        let list = list.as_array().unwrap().iter();
        list.map(|one| one["message"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Probe {
    pub(super) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(super) fn with(options: Options) -> Self {
        let zone = Sandbox::start_blocking(options).unwrap();
        let token = zone.operator_token().to_owned();
        Self { zone, token }
    }

    /// The same zone under a token with these scopes only.
    pub(super) fn scoped(mut self, user: u64, scopes: &[&str]) -> Self {
        self.token = self.zone.issue_token_for(user, "narrow", scopes);
        self
    }

    pub(super) fn host(&self) -> String {
        self.zone.zone().replace("http://", "")
    }

    /// Everything the server sends until it closes.
    pub(super) fn raw(&self, request: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.host()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A cut connection may end in a reset, which is what some tests want.
        let _ended = stream.read_to_end(&mut answer);
        answer
    }

    pub(super) fn raw_call(&self, method: &str, target: &str, body: &str) -> Vec<u8> {
        self.raw(&format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Token {}\r\n\
             User-Agent: probe/1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.host(),
            self.token,
            body.len(),
        ))
    }

    pub(super) fn plain(&self, method: &str, target: &str, body: &str) -> Reply {
        Reply::of(&self.raw_call(method, target, body)).unwrap()
    }

    pub(super) fn get(&self, path: &str) -> Reply {
        self.plain("GET", &format!("/api/v2{path}"), "")
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Reply {
        self.plain("POST", &format!("/api/v2{path}"), &body.to_string())
    }

    pub(super) fn patch(&self, path: &str, body: &Value) -> Reply {
        self.plain("PATCH", &format!("/api/v2{path}"), &body.to_string())
    }

    pub(super) fn delete(&self, path: &str) -> Reply {
        self.plain("DELETE", &format!("/api/v2{path}"), "")
    }
}

#[test]
fn a_reply_is_taken_apart() {
    let reply = Reply::of(b"HTTP/1.1 406 Not Acceptable\r\nX-A: B\r\n\r\n{\"a\":[1]}").unwrap();
    assert_eq!((reply.status, reply.at("/a/0")), (406, json!(1)));
}

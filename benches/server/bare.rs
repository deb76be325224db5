//! What ours is measured against: rmcp and reqwest and nothing else, in a process of its own.

use std::io::{BufRead, Write};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures_util::future::join_all;
use make_credentials_mcp::mcp::stdio::{Limits, Stdio};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Value, json};

/// The word that starts [`serve`].
pub(crate) const SERVER: &str = "bare-server";
/// The transport of [`serve`] that rmcp brings.
pub(crate) const RMCP_TRANSPORT: &str = "rmcp";
/// The transport of [`serve`] that is ours.
pub(crate) const OUR_TRANSPORT: &str = "ours";
/// The word that starts [`http`].
pub(crate) const HTTP: &str = "bare-http";

#[derive(Clone)]
struct Bare {
    http: reqwest::Client,
    connections: String,
    query: String,
    authorization: String,
}

impl Bare {
    fn new(zone: &str, token: &str, query: &str) -> Result<Self> {
        // For the builder alone: the zone is on loopback and speaks no TLS.
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            http: reqwest::Client::builder()
                .tls_certs_only([])
                .no_proxy()
                .build()?,
            connections: format!("{zone}/api/v2/connections"),
            query: query.to_owned(),
            authorization: format!("Token {token}"),
        })
    }

    async fn get(&self, id: u64) -> reqwest::Result<String> {
        let url = format!("{}/{id}{}", self.connections, self.query);
        let request = self
            .http
            .get(url)
            .header("authorization", &self.authorization);
        request.send().await?.error_for_status()?.text().await
    }
}

impl Bare {
    async fn rename(&self, id: u64, name: &str) -> reqwest::Result<String> {
        // Make does not tell the scopes here.
        let query = self.query.strip_suffix("&cols%5B%5D=scopes");
        let query = query.unwrap_or(&self.query);
        let url = format!("{}/{id}{query}", self.connections);
        let request = self
            .http
            .patch(url)
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .body(json!({"name": name}).to_string());
        request.send().await?.error_for_status()?.text().await
    }
}

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = Tool::new("connections_get", "Reads a connection", Arc::default());
        Ok(ListToolsResult::with_all_items(vec![tool]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let failed = || ErrorData::internal_error("failed", None);
        let arguments = request.arguments.unwrap_or_default();
        let id = arguments.get("connectionId").and_then(Value::as_u64);
        let id = id.ok_or_else(failed)?;
        let name = arguments.get("name").and_then(Value::as_str);
        let body = match name {
            Some(name) => self.rename(id, name).await,
            None => self.get(id).await,
        };
        let body = body.map_err(|_| failed())?;
        let connection: Value = serde_json::from_str(&body).map_err(|_| failed())?;
        let answer = match name {
            Some(_) => json!({"connectionId": id, "renamed": true}),
            None => connection,
        };
        Ok(CallToolResult::structured(answer).into())
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// The server, on the transport that rmcp brings or on ours.
pub(crate) fn serve(zone: &str, token: &str, query: &str, transport: &str) -> Result<()> {
    let bare = Bare::new(zone, token, query)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let running = if transport == OUR_TRANSPORT {
            let (stdio, _) = Stdio::from_process(Limits::default(), Arc::new(|line| line))?;
            bare.serve(stdio).await
        } else {
            bare.serve(rmcp::transport::stdio()).await
        };
        // A client that asks what there is and leaves is no fault.
        if let Ok(running) = running {
            running.waiting().await?;
        }
        anyhow::Ok(())
    })?;
    runtime.shutdown_background();
    Ok(())
}

/// No server: for each number on stdin so many calls, 64 at once, and then how many were answered.
pub(crate) fn http(zone: &str, token: &str, query: &str) -> Result<()> {
    let bare = Bare::new(zone, token, query)?;
    let runtime = runtime()?;
    for line in std::io::stdin().lock().lines() {
        let calls: usize = line?.trim().parse()?;
        let answered = runtime.block_on(join_all((0..64).map(|worker| {
            let bare = bare.clone();
            let share = calls / 64 + usize::from(worker < calls % 64);
            async move {
                let mut answered = 0;
                for _ in 0..share {
                    let body = bare.get(101).await.unwrap_or_default();
                    let connection: Value = serde_json::from_str(&body).unwrap_or_default();
                    answered += usize::from(connection.get("connection").is_some());
                }
                answered
            }
        })));
        let answered: usize = answered.iter().sum();
        writeln!(std::io::stdout(), "{answered}").context("stdout")?;
    }
    Ok(())
}

//! A server whose tools do what a test of the transport needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use make_credentials_mcp::mcp::stdio::{Ended, Stdio};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ElicitRequest,
    ElicitRequestParams, ElicitationSchema, ServerCapabilities, ServerConfig, ServerRequest,
    SubscriptionFilter,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

#[derive(Clone)]
pub(crate) struct Server {
    ended: Ended,
    pub(crate) running: Arc<AtomicUsize>,
    pub(crate) most: Arc<AtomicUsize>,
    pub(crate) calls: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn new(ended: Ended) -> Self {
        Self {
            ended,
            running: Arc::default(),
            most: Arc::default(),
            calls: Arc::default(),
        }
    }

    async fn work(&self, tool: &str, arguments: &Value, cx: &RequestContext<RoleServer>) -> String {
        let number = |name: &str| arguments[name].as_u64().unwrap_or_default();
        match tool {
            "echo" => arguments["text"].as_str().unwrap_or_default().to_owned(),
            "count" => arguments["list"].as_array().map_or(0, Vec::len).to_string(),
            "big" => "x".repeat(usize::try_from(number("bytes")).unwrap_or_default()),
            "sleep" => {
                tokio::time::sleep(Duration::from_millis(number("ms"))).await;
                "slept".to_owned()
            }
            "wait" => tokio::select! {
                end = self.ended.wait() => format!("{end:?}"),
                () = cx.ct.cancelled() => "cancelled".to_owned(),
            },
            "ask" => tokio::select! {
                answer = ask(cx) => answer,
                end = self.ended.wait() => format!("{end:?}"),
                () = cx.ct.cancelled() => "cancelled".to_owned(),
            },
            "lines" => "two\nlines".to_owned(),
            _ => "unknown".to_owned(),
        }
    }
}

async fn ask(cx: &RequestContext<RoleServer>) -> String {
    let params = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: format!("for {}", cx.id),
        requested_schema: ElicitationSchema::builder().build().unwrap(),
    };
    let request = ServerRequest::ElicitRequest(ElicitRequest::new(params));
    match cx.peer.send_request(request).await {
        Ok(result) => serde_json::to_value(result).unwrap()["action"].to_string(),
        Err(error) => format!("{error}"),
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .build();
        ServerConfig::new(capabilities)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.calls.fetch_add(1, Ordering::SeqCst);
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let text = self.work(&request.name, &arguments, &cx).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }

    fn accepted_subscription_filter(
        &self,
        wanted: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(wanted.clone())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        tokio::select! {
            _ = self.ended.wait() => {}
            () = context.cancelled() => {}
        }
        Ok(())
    }
}

/// Serves until the end and says how it came.
pub(crate) async fn serve(server: Server, stdio: Stdio) -> String {
    match rmcp::serve_server(server, stdio).await {
        Ok(running) => format!("{:?}", running.waiting().await.unwrap()),
        Err(error) => format!("{error}"),
    }
}

//! The last look at an answer before it is written: an agent that was revoked meanwhile gets the
//! refusal in its place, and no question to a person.

use std::pin::Pin;

use rmcp::model::RequestId;
use serde_json::json;

use super::server::refusal;
use super::stdio::Hold;
use crate::tools::{Failure, Gate};

/// Answers leave while the gate of the session is open.
pub(super) struct Release(pub(super) Gate);

impl Hold for Release {
    fn enter(&self) -> Option<Box<dyn Send>> {
        let pass = self.0.enter()?;
        Some(Box::new(pass))
    }

    fn closed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.0.closed())
    }

    fn instead(&self, id: &RequestId) -> Vec<u8> {
        let result = refusal(&Failure::revoked());
        json!({"jsonrpc": "2.0", "id": id, "result": result})
            .to_string()
            .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rmcp::RoleServer;
    use rmcp::model::{
        CallToolResult, ContentBlock, ErrorCode, ErrorData, GetPromptResult, InputRequiredResult,
        JsonRpcMessage, JsonRpcNotification, ListPromptsResult, ListToolsResult, NumberOrString,
        ProgressNotification, ProgressNotificationParam, ProgressToken, ServerNotification,
        ServerRequest, ServerResult, ToolListChangedNotification,
    };
    use rmcp::service::TxJsonRpcMessage;
    use rmcp::transport::Transport as _;
    use serde_json::Value;
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

    use super::*;
    use crate::mcp::stdio::{Limits, Stdio};

    type Message = TxJsonRpcMessage<RoleServer>;

    fn result(result: ServerResult) -> Message {
        JsonRpcMessage::response(result, RequestId::Number(7))
    }

    fn notification(notification: ServerNotification) -> Message {
        JsonRpcMessage::Notification(JsonRpcNotification {
            jsonrpc: rmcp::model::JsonRpcVersion2_0,
            notification,
        })
    }

    /// A question to a person within a call.
    fn question() -> Message {
        let asked = json!({"method": "elicitation/create", "params": {"mode": "form",
            "message": "SECRET", "requestedSchema": {"type": "object", "properties": {}}}});
        let request: ServerRequest = serde_json::from_value(asked).unwrap();
        assert!(matches!(request, ServerRequest::ElicitRequest(_)));
        JsonRpcMessage::request(request, RequestId::Number(7))
    }

    /// What may hold something that a tool has read.
    fn answers() -> [Message; 3] {
        let content = || vec![ContentBlock::text("SECRET")];
        let asked = InputRequiredResult::new(None, Some("SECRET".to_owned()));
        [
            result(ServerResult::CallToolResult(CallToolResult::success(
                content(),
            ))),
            result(ServerResult::CallToolResult(CallToolResult::error(
                content(),
            ))),
            // The question to a person with which a call ends.
            result(ServerResult::InputRequiredResult(asked)),
        ]
    }

    fn told() -> [Message; 2] {
        let token = ProgressToken(NumberOrString::Number(1));
        let progress = ProgressNotificationParam::new(token, 1.0).with_message("SECRET");
        let progress = ProgressNotification::new(progress);
        [
            question(),
            notification(ServerNotification::ProgressNotification(progress)),
        ]
    }

    /// What holds nothing of Make, and is needed by a client whose agent was revoked.
    fn plain() -> [Message; 6] {
        let changed = ToolListChangedNotification::default();
        [
            result(ServerResult::empty(())),
            result(ServerResult::ListToolsResult(ListToolsResult::default())),
            result(ServerResult::ListPromptsResult(ListPromptsResult::default())),
            result(ServerResult::GetPromptResult(GetPromptResult::new(
                Vec::new(),
            ))),
            JsonRpcMessage::error(
                ErrorData::new(ErrorCode::INVALID_PARAMS, "m", None),
                Some(RequestId::Number(7)),
            ),
            notification(ServerNotification::ToolListChangedNotification(changed)),
        ]
    }

    /// The lines that leave when these are sent after the gate was closed, or before.
    async fn lines(messages: impl IntoIterator<Item = Message>, closed: bool) -> Vec<Value> {
        let gate = Gate::default();
        let (writer, reader) = tokio::io::duplex(1 << 16);
        let scrub = Arc::new(|line| line);
        let (stdio, _ended) = Stdio::new(tokio::io::empty(), writer, Limits::default(), scrub);
        let mut stdio = stdio.holding(Arc::new(Release(gate.clone())));
        if closed {
            gate.close();
        }
        for message in messages {
            stdio.send(message).await.unwrap();
        }
        drop(stdio);
        let mut lines = BufReader::new(reader).lines();
        let mut heard = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            heard.push(serde_json::from_str(&line).unwrap());
        }
        heard
    }

    fn text(message: &Message) -> Value {
        serde_json::to_value(message).unwrap()
    }

    #[tokio::test]
    async fn no_answer_leaves_a_closed_gate_and_no_question_that_ends_a_call() {
        let instead = json!({"jsonrpc": "2.0", "id": 7, "result": refusal(&Failure::revoked())});
        assert_eq!(
            instead["result"]["structuredContent"]["code"],
            "agent_revoked"
        );
        for message in answers() {
            let shown = text(&message);
            assert_eq!(
                lines([message], true).await,
                std::slice::from_ref(&instead),
                "{shown}"
            );
        }
    }

    #[tokio::test]
    async fn no_question_and_no_progress_of_a_call_leaves_a_closed_gate() {
        assert_eq!(lines(told(), true).await, Vec::<Value>::new());
    }

    #[tokio::test]
    async fn what_holds_nothing_of_make_leaves_a_closed_gate() {
        let all: Vec<Value> = plain().iter().map(text).collect();
        assert_eq!(lines(plain(), true).await, all);
    }

    #[tokio::test]
    async fn everything_leaves_an_open_gate() {
        let all = || answers().into_iter().chain(told()).chain(plain());
        let texts: Vec<Value> = all().map(|message| text(&message)).collect();
        assert_eq!(lines(all(), false).await, texts);
    }

    #[tokio::test]
    async fn an_answer_under_way_is_cut_off_when_the_gate_closes() {
        let gate = Gate::default();
        let (writer, mut reader) = tokio::io::duplex(16);
        let scrub = Arc::new(|line| line);
        let (stdio, _ended) = Stdio::new(tokio::io::empty(), writer, Limits::default(), scrub);
        let mut stdio = stdio.holding(Arc::new(Release(gate.clone())));
        let content = vec![ContentBlock::text("x".repeat(10_000))];
        let answer = ServerResult::CallToolResult(CallToolResult::success(content));
        let sending = tokio::spawn(stdio.send(result(answer)));
        let mut start = [0; 16];
        reader.read_exact(&mut start).await.unwrap();
        gate.close();
        // A command that revokes waits for this.
        let patience = Duration::from_secs(10);
        tokio::time::timeout(patience, gate.empty()).await.unwrap();
        assert!(sending.await.unwrap().is_err());
        let more = stdio.send(result(ServerResult::empty(()))).await;
        assert!(more.is_err());
        drop(stdio);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).await.unwrap();
        assert!(rest.len() <= 16, "{}", String::from_utf8_lossy(&rest));
    }
}

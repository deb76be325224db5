//! The last look at an answer before it is written: an agent that was revoked meanwhile gets the
//! refusal in its place.

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

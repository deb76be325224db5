//! A key: what answers show of it, and the parameters they never show.

use serde_json::{Map, Value, json};

pub(crate) struct Key {
    pub(crate) id: u64,
    pub(crate) team: u64,
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) theme: String,
    /// Secrets among them; no answer holds them.
    pub(crate) parameters: Map<String, Value>,
}

impl Key {
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "typeName": self.type_name,
            "teamId": self.team,
            "packageName": null,
            "theme": self.theme,
        })
    }
}

//! Steps of a call by themselves, so that `benches/` can time them. Nothing is sent.

use serde_json::{Map, Value};

use super::{Entry, shape};

/// Arguments that were checked and decoded.
pub struct Checked(shape::Wanted);

impl std::fmt::Debug for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checked")
    }
}

impl Entry {
    /// Checks and decodes arguments; `None` when they cannot be used.
    #[doc(hidden)]
    pub fn check_only(&self, arguments: Map<String, Value>) -> Option<Checked> {
        Some(Checked(self.prepare(arguments).ok()?.wanted))
    }

    /// Shapes an answer to these arguments.
    #[doc(hidden)]
    pub fn shape_only(
        &self,
        checked: &Checked,
        cap_bytes: usize,
        answer: Map<String, Value>,
    ) -> Map<String, Value> {
        shape::finish(self.spec.list, &checked.0, cap_bytes, answer, None)
    }
}

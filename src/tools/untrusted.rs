//! Cleans every outcome of a call before it leaves `tools`. Text of Make stays data: secrets and
//! characters that are not seen are taken out of it, it is cut where it is too long, and the
//! answer is marked as holding it. Nothing else cleans answers.

use std::future::Future;

use serde_json::{Map, Value, json};

use super::consent::{Pending, Question};
use super::dispatch::{CallContext, Outcome, find};
use super::error::Failure;
use super::own_names::is_own_name;
use super::recognized::without_secrets;
use super::session::Session;
use super::writers::{FAILURE, Kind, Place};
use crate::secret::{REDACTED, Scrubber};
use crate::visible::{self, Form};

/// Fields that hold nothing but the address of a page of Make.
const PAGES: [&str; 2] = ["publicUri", "publicUrl"];

/// The fields of an answer, and what of them others wrote.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What the tool answers.
    pub fields: Map<String, Value>,
    /// What of it is not ours.
    pub foreign: Foreign,
}

impl From<Map<String, Value>> for Answer {
    fn from(fields: Map<String, Value>) -> Self {
        Self {
            fields,
            foreign: Foreign::default(),
        }
    }
}

/// What of an answer others wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Whether a text of Make is in it.
    pub is_there: bool,
    /// Characters that were removed from it, or replaced by a space.
    pub removed: usize,
    /// Texts that were cut.
    pub shortened: usize,
    /// Secrets that were recognized in it and replaced.
    pub secrets: usize,
}

impl Foreign {
    /// What a client reads of it; `None` for an answer in our words alone. Nothing is altered in
    /// silence.
    pub fn told(&self) -> Option<Value> {
        if *self == Self::default() {
            return None;
        }
        let mut told = json!({"from": "Make"});
        for (name, count) in [
            ("charactersRemoved", self.removed),
            ("textsShortened", self.shortened),
            ("secretsRedacted", self.secrets),
        ] {
            if let (Some(told), true) = (told.as_object_mut(), count > 0) {
                told.insert(name.to_owned(), json!(count));
            }
        }
        Some(told)
    }
}

impl Session {
    /// Calls a tool. `cancelled` resolves when nobody waits for the answer any more: what has not
    /// left by then never leaves, and a change that has left is seen to its end.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: CallContext,
        cancelled: impl Future<Output = ()> + Send,
    ) -> Outcome {
        // On the heap: this future is moved a few times before it runs.
        let outcome = Box::pin(self.dispatch(name, arguments, context, cancelled)).await;
        let tool = find(name).map_or("", |entry| entry.spec.name);
        pass(outcome, tool, self.scrubber())
    }
}

fn pass(mut outcome: Outcome, tool: &str, scrubber: &Scrubber) -> Outcome {
    match &mut outcome {
        Outcome::Answer(answer) => {
            let mut door = Door::of(tool, scrubber);
            door.fields(&mut answer.fields, None, Kind::ROOT);
            answer.foreign = door.found;
        }
        Outcome::Failed(failure) => failed(failure, scrubber),
        Outcome::Asks(pending) => asks(pending, scrubber),
        Outcome::BadState | Outcome::Cancelled | Outcome::UnknownTool(_) => {}
    }
    outcome
}

fn failed(failure: &mut Failure, scrubber: &Scrubber) {
    let mut door = Door::of(FAILURE, scrubber);
    let details = failure.causes.iter_mut().map(|cause| &mut cause.detail);
    for words in [&mut failure.message, &mut failure.next]
        .into_iter()
        .chain(details)
    {
        door.text(words, Kind::Ours, false);
    }
    for (name, part) in [
        ("make", &mut failure.make),
        ("details", &mut failure.details),
    ] {
        if let Some(part) = part {
            door.value(part, &Place { above: None, name }, Kind::ROOT);
        }
    }
    failure.foreign = door.found;
}

/// Names in a plan were cleaned and quoted when it was made; a page's address has nothing hidden.
fn asks(pending: &mut Pending, scrubber: &Scrubber) {
    pending.foreign.is_there = true;
    let Question::Yes { message } = &mut pending.question else {
        return;
    };
    if let Some(clean) = scrubber.clean(message) {
        *message = clean;
    }
    if let Some(clean) = visible::clean(message, Form::Block) {
        *message = clean.text;
        pending.foreign.removed = clean.changed;
    }
}

struct Door<'a> {
    tool: &'a str,
    scrubber: &'a Scrubber,
    found: Foreign,
}

impl<'a> Door<'a> {
    fn of(tool: &'a str, scrubber: &'a Scrubber) -> Self {
        Self {
            tool,
            scrubber,
            found: Foreign::default(),
        }
    }

    fn value(&mut self, value: &mut Value, place: &Place<'_>, kind: Kind) {
        match value {
            Value::String(text) => {
                // A page was checked, and what is in its address is for the person.
                let is_page = PAGES.contains(&place.name);
                self.text(text, kind, is_page);
            }
            Value::Array(items) => {
                for item in items {
                    self.value(item, place, kind);
                }
            }
            Value::Object(fields) => self.fields(fields, Some(place), kind),
            // Of ours they are ids and counts, which clients check by their type.
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                if kind == Kind::Content && self.scrubber.hides(&value.to_string()) {
                    *value = Value::String(REDACTED.to_owned());
                }
            }
        }
    }

    fn fields(&mut self, fields: &mut Map<String, Value>, above: Option<&Place<'_>>, kind: Kind) {
        if fields.keys().any(|name| {
            visible::clean(name, kind.form()).is_some()
                || hidden_name(self.scrubber, name, kind).is_some()
        }) {
            self.rename(fields, kind);
        }
        // There the names are Make's too.
        self.found.is_there |= kind == Kind::Content && !fields.is_empty();
        for (name, value) in fields {
            let place = Place { above, name };
            let kind = kind.within(self.tool, &place);
            self.value(value, &place, kind);
        }
    }

    /// Fields under their clean names. Those that had them keep them; of others that come to the
    /// same, each gets a number, so that none is lost.
    fn rename(&mut self, fields: &mut Map<String, Value>, kind: Kind) {
        let mut renamed = Vec::new();
        for (name, value) in std::mem::take(fields) {
            let scrubber = self.scrubber;
            match self.cleaned(&name, kind, |name| hidden_name(scrubber, name, kind)) {
                Some(clean) => renamed.push((clean, value)),
                None => {
                    fields.insert(name, value);
                }
            }
        }
        for (name, value) in renamed {
            let mut free = name.clone();
            let mut number = 1;
            while fields.contains_key(&free) {
                number += 1;
                free = format!("{name} ({number})");
            }
            fields.insert(free, value);
        }
    }

    fn text(&mut self, text: &mut String, kind: Kind, is_page: bool) {
        self.found.is_there |= kind != Kind::Ours && !text.is_empty();
        let scrubber = self.scrubber;
        if let Some(clean) = self.cleaned(text, kind, |text| hidden(scrubber, text, kind)) {
            *text = clean;
        }
        if let (Kind::Make { .. }, false) = (kind, is_page)
            && let Some((clean, count)) = without_secrets(text)
        {
            self.found.secrets += count;
            *text = clean;
        }
        // After that, since the rest of a secret that is cut in two is not found.
        if let Some(short) = visible::cut(text, kind.cap()) {
            self.found.shortened += 1;
            *text = short;
        }
    }

    /// The text as `hide` and a look at its characters leave it; `None` when that is as it was.
    fn cleaned(
        &mut self,
        text: &str,
        kind: Kind,
        hide: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        // A secret of several lines is looked for as long as it has them.
        let safe = hide(text);
        let seen = visible::clean(safe.as_deref().unwrap_or(text), kind.form());
        let Some(seen) = seen else {
            return safe;
        };
        self.found.removed += seen.changed;
        // Characters that are not seen may have stood within one.
        Some(hide(&seen.text).unwrap_or(seen.text))
    }
}

/// The text without secrets; `None` when there are none in it.
fn hidden(scrubber: &Scrubber, text: &str, kind: Kind) -> Option<String> {
    if kind.is_foreign() {
        scrubber.clean_foreign(text)
    } else {
        scrubber.clean(text)
    }
}

/// The same for the name of a field, which is a value where Make gave it.
fn hidden_name(scrubber: &Scrubber, name: &str, kind: Kind) -> Option<String> {
    let hidden = hidden(scrubber, name, kind)?;
    (kind == Kind::Content || !is_own_name(name)).then_some(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{Secret, Strength};

    fn passed(tool: &str, fields: Value, scrubber: &Scrubber) -> (Value, Foreign) {
        let Value::Object(fields) = fields else {
            panic!();
        };
        let Outcome::Answer(answer) = pass(Outcome::Answer(fields.into()), tool, scrubber) else {
            panic!();
        };
        (Value::Object(answer.fields), answer.foreign)
    }

    #[test]
    fn names_that_come_to_the_same_lose_nothing() {
        let fields = json!({"metadata": {"a": 1, "a\u{200B}": 2, "\u{200B}a": 3, "a (2)": 4}});
        let (clean, foreign) = passed("templates_get_blueprint", fields, &Scrubber::default());
        let metadata = clean["metadata"].as_object().unwrap();
        assert_eq!(metadata["a"], 1);
        assert_eq!(metadata["a (2)"], 4);
        let mut rest = [&metadata["a (3)"], &metadata["a (4)"]].map(Value::to_string);
        rest.sort();
        assert_eq!(rest, ["2", "3"]);
        assert!(foreign.is_there && foreign.removed == 2, "{foreign:?}");
    }

    #[test]
    fn a_secret_at_the_cut_is_gone_whole() {
        let token = "2544847b-1111-4222-8333-c0ffeec0ffee";
        let scrubber = Scrubber::default();
        scrubber.add(&Secret::new(token.to_owned()), Strength::Token);
        for hidden in ["", "\u{200B}"] {
            let split: String = token
                .chars()
                .flat_map(|c| [c.to_string(), hidden.to_owned()])
                .collect();
            let name = format!("{}{split}{}", "x".repeat(480), "y".repeat(100));
            let (clean, foreign) = passed("keys_get", json!({"key": {"name": name}}), &scrubber);
            let name = clean["key"]["name"].as_str().unwrap();
            assert!(
                name.contains("[redacted]") && !name.contains("2544"),
                "{name}"
            );
            assert_eq!(foreign.shortened, 1);
        }
    }

    #[test]
    fn a_secret_in_any_encoding_takes_its_value_and_what_an_agent_passed_no_word_of_ours() {
        let scrubber = Scrubber::default();
        scrubber.add_named(&[Secret::new("p\"ass/w&rd-9ö".to_owned())]);
        scrubber.add_plaintext(&[Secret::new("Nothing else".to_owned())]);
        let fields = json!({
            "next": "Nothing else to do.",
            "key": {"name": "Nothing else p&quot;", "typeName": "cCJhc3Mvdyb4cmQtOfY=",
                "teamName": "p&quot;ass/w&amp;rd-9&ouml;", "x": "my P\"ASS/W&RD-9ö"},
        });
        let (clean, _) = passed("keys_get", fields, &scrubber);
        let key = json!({"name": "[redacted] p&quot;", "typeName": "cCJhc3Mvdyb4cmQtOfY=",
            "teamName": "[redacted]", "x": "my [redacted]"});
        assert_eq!(clean, json!({"next": "Nothing else to do.", "key": key}));
    }

    #[test]
    fn names_and_numbers_are_values_where_make_gave_them_and_stay_where_they_are_ours() {
        let scrubber = Scrubber::default();
        let secrets = ["connectionId", "123456789012"].map(|text| Secret::new(text.to_owned()));
        scrubber.add_named(&secrets);
        let object = || json!({"connectionId": [123_456_789_012_u64, true, "my connectionId"]});
        let fields = json!({"metadata": object(), "connectionId": 123_456_789_012_u64});
        let (clean, _) = passed("templates_get_blueprint", fields, &scrubber);
        let theirs = json!({"[redacted]": ["[redacted]", true, "my [redacted]"]});
        let ours = json!({"metadata": theirs, "connectionId": 123_456_789_012_u64});
        assert_eq!(clean, ours);
        let (clean, _) = passed("keys_get", json!({"key": object()}), &scrubber);
        let kept = json!({"connectionId": [123_456_789_012_u64, true, "my [redacted]"]});
        assert_eq!(clean, json!({"key": kept}));
    }

    #[test]
    fn our_own_words_are_not_marked() {
        let ours = json!({"requestId": "r", "next": "n", "key": {"id": 1, "name": ""}});
        let (same, foreign) = passed("keys_get", ours.clone(), &Scrubber::default());
        assert_eq!((same, foreign.told()), (ours, None));
        let told = Foreign {
            is_there: true,
            removed: 2,
            ..Foreign::default()
        };
        assert_eq!(
            told.told().unwrap(),
            json!({"from": "Make", "charactersRemoved": 2})
        );
    }

    #[test]
    fn a_failure_is_cleaned_in_every_part() {
        let text = "a\u{202E}\nb";
        let mut failure = Failure::new(super::super::Code::Rejected, text, text)
            .with_details(json!({"dependents": [{"name": text}], "command": "approve x"}));
        failure.make = Some(json!({"status": 400, "message": text.repeat(2000)}));
        failed(&mut failure, &Scrubber::default());
        assert_eq!(
            (failure.message.as_str(), failure.next.as_str()),
            ("a b", "a b")
        );
        assert_eq!(failure.details.unwrap()["dependents"][0]["name"], "a b");
        let said = failure.make.unwrap();
        assert_eq!(said["message"].as_str().unwrap().chars().count(), 2000);
        assert_eq!(
            (failure.foreign.is_there, failure.foreign.shortened),
            (true, 1)
        );
    }
}

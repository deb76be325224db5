//! A third set of secrets and of what only looks like one, in blueprints, through the tools. Its
//! generator was written without a look at the detector or at the other sets: formats of keys come
//! from the providers' public documentation, places and names from what scenarios hold.

mod decoys;
mod generator;
mod modules;
mod nesting;
mod pattern;
mod secrets;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::blueprint_reader::tally::{Group, Tally};
use crate::blueprint_reader::{Answers, Reader, shows};

/// How much of the set a test takes: one blueprint of `step`.
#[derive(Clone, Copy)]
struct Extent {
    step: usize,
    answers: Answers,
}

const SAMPLE: Extent = Extent {
    step: 23,
    answers: Answers::HeldAgainstSchema,
};
const WHOLE: Extent = Extent {
    step: 1,
    answers: Answers::Unchecked,
};

impl Extent {
    fn numbers(self, count: usize) -> impl Iterator<Item = usize> {
        (0..count).step_by(self.step)
    }
}

fn group(name: &'static str) -> Group {
    Group {
        name,
        is_asserted: true,
    }
}

/// What happened to the templates with a secret.
struct Secrets {
    /// A new template is refused.
    refused: Tally,
    /// So is one that takes the place of another.
    refused_in_updates: Tally,
    /// No refusal shows the secret.
    untold: Tally,
    /// An agent that reads the stored template does not see the secret.
    hidden: Tally,
    /// It is told of what is hidden.
    reported: Tally,
}

impl Secrets {
    fn new() -> Self {
        Self {
            refused: Tally::new("refused"),
            refused_in_updates: Tally::new("refused in an update"),
            untold: Tally::new("not shown by the refusal"),
            hidden: Tally::new("hidden"),
            reported: Tally::new("reported as hidden"),
        }
    }

    async fn count(&mut self, reader: &Reader, case: &secrets::Case, number: usize) {
        let (group, about) = (group(case.family), case.about.as_str());
        let refusal = reader.refusal(&case.template).await;
        self.refused.count(group, about, refusal.is_some());
        if let Some(refusal) = &refusal {
            let is_untold = !shows(refusal, &case.parts);
            self.untold.count(group, about, is_untold);
        }
        if number.is_multiple_of(5) {
            let refusal = reader.refusal_of_update(&case.template).await;
            self.refused_in_updates
                .count(group, about, refusal.is_some());
        }
        let answer = reader.read(&case.template, number).await;
        let is_whole = answer["leftOut"].is_null();
        let is_hidden = is_whole && !shows(&answer.to_string(), &case.parts);
        self.hidden.count(group, about, is_hidden);
        if is_hidden {
            let found = answer["secretsFound"].as_array();
            let is_reported = found.is_some_and(|found| !found.is_empty());
            self.reported.count(group, about, is_reported);
        }
    }
}

/// Templates with a secret: refused when an agent sends them, the secret hidden when it reads them.
async fn secrets(reader: &Reader, extent: Extent) -> Secrets {
    let mut secrets = Secrets::new();
    for number in extent.numbers(secrets::COUNT) {
        secrets.count(reader, &secrets::case(number), number).await;
    }
    secrets
}

/// Templates without a secret: accepted, and read as they are stored.
async fn decoys(reader: &Reader, extent: Extent) -> [Tally; 2] {
    let mut accepted = Tally::new("accepted");
    let mut unaltered = Tally::new("shown unaltered");
    for number in extent.numbers(decoys::COUNT) {
        let template = decoys::blueprint(number);
        let refusal = reader.refusal(&template).await;
        let told = refusal.as_deref().unwrap_or_default();
        let about = format!("blueprint {number}: {told}");
        accepted.count(group("without a secret"), &about, refusal.is_none());

        let altered = altered(&template, &reader.read(&template, number).await);
        let about = format!("blueprint {number}: {altered:?}");
        unaltered.count(group("without a secret"), &about, altered.is_empty());
    }
    [accepted, unaltered]
}

/// The texts of a template that an agent does not read as they are.
fn altered(template: &Value, answer: &Value) -> Vec<String> {
    let answer: BTreeMap<String, String> = decoys::texts(answer).into_iter().collect();
    let mut altered = Vec::new();
    for part in ["blueprint", "controller", "scheduling", "language"] {
        for (at, text) in decoys::texts(&template[part]) {
            let at = if part == "blueprint" {
                at
            } else {
                format!("/{part}{at}")
            };
            let read = answer.get(&at);
            if read != Some(&text) {
                altered.push(format!("{at}: {text:?} reads {read:?}"));
            }
        }
    }
    altered
}

/// Everything is counted and printed before the first count is held against its bound.
async fn holds(extent: Extent) {
    let reader = Reader::new(extent.answers).await;
    let secrets = secrets(&reader, extent).await;
    let decoys = decoys(&reader, extent).await;
    let bounds = [
        (&secrets.refused, 100),
        (&secrets.refused_in_updates, 100),
        (&secrets.hidden, 100),
        (&decoys[0], 1_000),
        (&decoys[1], 1_000),
    ];
    let without_exception = [&secrets.untold, &secrets.reported];
    for tally in bounds.iter().map(|(tally, _)| *tally) {
        tally.print();
    }
    for tally in without_exception {
        tally.print();
    }
    for (tally, one_in) in bounds {
        let missed = tally.missed();
        assert!(missed * one_in <= tally.total(), "{missed} missed");
    }
    for tally in without_exception {
        assert_eq!(tally.missed(), 0);
    }
}

#[tokio::test]
async fn secrets_of_the_third_set_are_refused_and_hidden_and_nothing_else_is() {
    holds(SAMPLE).await;
}

#[tokio::test]
#[ignore = "long: run by .ci/run"]
async fn the_whole_third_set() {
    holds(WHOLE).await;
}

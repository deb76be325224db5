//! A second set of secrets and of what only looks like one, in blueprints, through the tools. Its
//! generator shares nothing with the detector: provider formats come from the providers' public
//! documentation, places from what scenarios hold.

mod cases;
mod decoy_modules;
mod decoys;
mod generator;
mod grammar;
mod nesting;
mod places;
mod positions;
mod providers;
mod structures;
mod texts;
mod words;

use std::collections::BTreeMap;

use self::cases::Case;
use crate::blueprint_reader::tally::{Group, Tally};
use crate::blueprint_reader::{Answers, Reader, random, shows};

/// How much of the set a test takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A sample of every group, each answer held against its schema.
    Sample,
    Whole,
}

impl Extent {
    fn cases(self) -> Vec<Case> {
        let step = match self {
            Self::Sample => 13,
            Self::Whole => 1,
        };
        let plans = cases::all().into_iter().step_by(step);
        plans.map(|plan| plan.case()).collect()
    }

    fn answers(self) -> Answers {
        match self {
            Self::Sample => Answers::HeldAgainstSchema,
            Self::Whole => Answers::Unchecked,
        }
    }

    fn decoys(self) -> usize {
        match self {
            Self::Sample => 44,
            Self::Whole => decoys::COUNT,
        }
    }
}

fn group(case: &Case) -> Group {
    Group {
        name: case.group,
        is_asserted: case.is_asserted,
    }
}

/// Templates with a secret are refused before anything leaves; the refusal does not show it, and
/// with a mapping in its place the same template is accepted.
async fn refuses_secrets(extent: Extent) {
    let reader = Reader::new(extent.answers()).await;
    let mut refused = Tally::new("refused");
    let (mut accepted, mut controls) = (0, 0);
    for (number, case) in extent.cases().iter().enumerate() {
        let refusal = reader.refusal(&case.template).await;
        if let Some(refusal) = &refusal {
            let told = shows(refusal, &case.secret_parts);
            assert!(!told, "a refusal shows the secret: {}", case.about);
            if number.is_multiple_of(5) {
                let update = reader.refusal_of_update(&case.template).await;
                assert!(update.is_some(), "only a create is refused: {}", case.about);
            }
        }
        refused.count(group(case), &case.about, refusal.is_some());
        if case.is_asserted && number.is_multiple_of(2) {
            controls += 1;
            match reader.refusal(&case.without).await {
                None => accepted += 1,
                Some(refusal) => {
                    println!("refused without its secret: {}: {refusal}", case.about);
                }
            }
        }
    }
    refused.print();
    println!("with a mapping in the place of the secret: {accepted} of {controls} accepted");
    assert!(refused.missed() * 100 <= refused.total());
    assert!((controls - accepted) * 1_000 <= controls);
}

/// Templates without a secret are accepted, whatever looks like one in them.
async fn accepts_decoys(extent: Extent) {
    let reader = Reader::new(extent.answers()).await;
    let count = extent.decoys();
    let mut refused = 0;
    for number in 0..count {
        if let Some(refusal) = reader.refusal(&decoys::blueprint(number)).await {
            refused += 1;
            println!("refused without a secret: blueprint {number}: {refusal}");
        }
    }
    println!("blueprints without a secret: {refused} of {count} refused");
    assert!(refused * 1_000 <= count);
}

/// Of stored secrets an agent sees nothing, and is told that there are some.
async fn hides_secrets(extent: Extent) {
    let reader = Reader::new(extent.answers()).await;
    let mut hidden = Tally::new("hidden");
    for (number, case) in extent.cases().iter().enumerate() {
        let answer = reader.read(&case.template, number).await;
        let is_hidden = !shows(&answer.to_string(), &case.secret_parts);
        if is_hidden {
            let found = answer["secretsFound"].as_array();
            let is_told = found.is_some_and(|found| !found.is_empty());
            assert!(is_told, "hidden and not told: {}", case.about);
        }
        hidden.count(group(case), &case.about, is_hidden);
    }
    hidden.print();
    assert!(hidden.missed() * 100 <= hidden.total());
}

/// What only looks like a secret is shown as it is.
async fn shows_decoys(extent: Extent) {
    let reader = Reader::new(extent.answers()).await;
    let (mut altered, mut total) = (0, 0);
    for number in 0..extent.decoys() / 2 {
        let template = decoys::blueprint(number);
        let answer = reader.read(&template, number).await;
        let answer: BTreeMap<String, String> = decoys::texts(&answer).into_iter().collect();
        for (at, text) in decoys::texts(&template) {
            let at = at.strip_prefix("/blueprint").unwrap_or(&at);
            total += 1;
            let read = answer.get(at);
            if read != Some(&text) {
                altered += 1;
                println!("altered: blueprint {number} {at}: {text:?} reads {read:?}");
            }
        }
    }
    println!("texts without a secret: {altered} of {total} altered");
    assert!(altered * 1_000 <= total);
}

#[tokio::test]
async fn a_template_with_a_secret_of_the_second_set_is_refused() {
    refuses_secrets(Extent::Sample).await;
}

#[tokio::test]
async fn a_template_without_a_secret_of_the_second_set_is_accepted() {
    accepts_decoys(Extent::Sample).await;
}

#[tokio::test]
async fn a_stored_secret_of_the_second_set_is_hidden() {
    hides_secrets(Extent::Sample).await;
}

#[tokio::test]
async fn what_is_no_secret_in_the_second_set_is_shown_as_it_is_stored() {
    shows_decoys(Extent::Sample).await;
}

#[tokio::test]
#[ignore = "takes 20 s: run by .ci/run"]
async fn the_whole_second_set_of_secrets_is_refused() {
    refuses_secrets(Extent::Whole).await;
}

#[tokio::test]
#[ignore = "takes 20 s: run by .ci/run"]
async fn the_whole_second_set_without_secrets_is_accepted() {
    accepts_decoys(Extent::Whole).await;
}

#[tokio::test]
#[ignore = "takes 20 s: run by .ci/run"]
async fn the_whole_second_set_of_secrets_is_hidden() {
    hides_secrets(Extent::Whole).await;
}

#[tokio::test]
#[ignore = "takes 20 s: run by .ci/run"]
async fn the_whole_second_set_without_secrets_is_shown_as_it_is_stored() {
    shows_decoys(Extent::Whole).await;
}

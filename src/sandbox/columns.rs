//! Column selection (`cols[]`) and pages (`pg[…]`) of list answers.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::{Call, number};

/// The columns a call asked for.
pub(super) enum Columns {
    Default,
    /// `*`, which Make's own clients send although only the named columns are documented.
    All,
    Named(Vec<String>),
}

impl Columns {
    /// # Errors
    /// 400 for a column the endpoint does not have.
    pub(super) fn of(call: &Call<'_>, allowed: &[&str]) -> Result<Self, Answer> {
        let asked: Vec<&str> = call.query.all("cols[]").collect();
        if asked.is_empty() {
            return Ok(Self::Default);
        }
        if !asked
            .iter()
            .all(|name| *name == "*" || allowed.contains(name))
        {
            return Err(Answer::violations(&[
                "'cols[]' should be equal to one of the allowed values".to_owned(),
            ]));
        }
        if asked.contains(&"*") {
            return Ok(Self::All);
        }
        Ok(Self::Named(asked.into_iter().map(str::to_owned).collect()))
    }

    pub(super) fn pick(&self, row: &Value, default: &[&str]) -> Value {
        let keep = |name: &str| match self {
            Self::Default => default.contains(&name),
            Self::All => true,
            Self::Named(asked) => asked.iter().any(|column| column == name),
        };
        let fields = row.as_object().into_iter().flatten();
        let kept: Map<String, Value> = fields
            .filter(|(name, _)| keep(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Value::Object(kept)
    }

    pub(super) fn pick_all(&self, rows: &[Value], default: &[&str]) -> Vec<Value> {
        rows.iter().map(|row| self.pick(row, default)).collect()
    }
}

/// One page of a sorted list.
pub(super) struct Page {
    offset: usize,
    limit: usize,
    sort_by: String,
    descending: bool,
}

/// What an endpoint does when the query says nothing.
#[derive(Clone, Copy)]
pub(super) struct PageDefault {
    pub(super) limit: usize,
    pub(super) sort_by: &'static str,
    pub(super) descending: bool,
}

/// Make documents no largest limit; this one is the largest default it shows.
const MOST: usize = 10_000;

impl Page {
    /// # Errors
    /// 400 for a bound that is no number, a limit outside 1..=10000, or an unknown direction.
    pub(super) fn of(call: &Call<'_>, default: PageDefault) -> Result<Self, Answer> {
        let bound = |name: &str, otherwise: usize| match call.query.get(name) {
            Some(text) => number(name, text).map(|n| usize::try_from(n).unwrap_or(usize::MAX)),
            None => Ok(otherwise),
        };
        let limit = bound("pg[limit]", default.limit)?;
        if !(1..=MOST).contains(&limit) {
            return Err(Answer::violations(&[format!(
                "'pg[limit]' should be <= {MOST}"
            )]));
        }
        let descending = match call.query.get("pg[sortDir]") {
            None => default.descending,
            Some("asc") => false,
            Some("desc") => true,
            Some(_) => {
                return Err(Answer::violations(&[
                    "'pg[sortDir]' should be equal to one of the allowed values".to_owned(),
                ]));
            }
        };
        let sort_by = call
            .query
            .get("pg[sortBy]")
            .unwrap_or(default.sort_by)
            .to_owned();
        Ok(Self {
            offset: bound("pg[offset]", 0)?,
            limit,
            sort_by,
            descending,
        })
    }

    /// Sorts and cuts. There is no total: a client reads on until a page is short.
    pub(super) fn cut(&self, mut rows: Vec<Value>) -> Vec<Value> {
        rows.sort_by(|a, b| {
            let order = compare(a.get(&self.sort_by), b.get(&self.sort_by));
            if self.descending {
                order.reverse()
            } else {
                order
            }
        });
        rows.into_iter()
            .skip(self.offset)
            .take(self.limit)
            .collect()
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "sortBy": self.sort_by,
            "sortDir": if self.descending { "desc" } else { "asc" },
            "limit": self.limit,
            "offset": self.offset,
        })
    }
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_u64().cmp(&b.as_u64()),
        _ => Ordering::Equal,
    }
}

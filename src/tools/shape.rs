//! Answers made for a context window: chosen columns, pages with an opaque cursor, and a byte cap
//! that cuts at a row and says how to go on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::arguments::{Invalid, is_shown};
use super::call::Window;
use super::failure::cut;
use super::templates::secrets::{found_in, shown_in};
use super::{List, Paging, Schemas, Spec, cap, schema};

/// Room for what surrounds the rows: `cursor` and `next`.
const MARGIN_BYTES: usize = 400;

/// What the caller wants of a list.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    fields: Vec<String>,
    pub(super) window: Window,
    /// Binds a cursor to the arguments it was given for.
    arguments: String,
}

/// Reads `fields`, `limit` and `cursor` out of checked arguments.
pub(super) fn wanted(spec: &Spec, schemas: &Schemas, arguments: &Value) -> Result<Wanted, Invalid> {
    let Some(list) = spec.list else {
        let window = Window {
            offset: 0,
            limit: schema::MAX_LIMIT,
        };
        return Ok(Wanted {
            fields: Vec::new(),
            window,
            arguments: String::new(),
        });
    };
    let fields = fields(&list, schemas, arguments)?;
    let limit = arguments.get("limit").and_then(Value::as_u64);
    let limit = limit.unwrap_or_else(|| list.paging.default_limit());
    let digest = digest(spec.name, arguments);
    let offset = match arguments.get("cursor").and_then(Value::as_str) {
        Some(cursor) => offset_of(cursor, &digest).ok_or_else(|| Invalid {
            field: "cursor".to_owned(),
            problem: "is not one that this tool gave for these arguments".to_owned(),
            hint: Some("Call without `cursor` to start from the first row.".to_owned()),
        })?,
        None => 0,
    };
    Ok(Wanted {
        fields,
        window: Window { offset, limit },
        arguments: digest,
    })
}

fn fields(list: &List, schemas: &Schemas, arguments: &Value) -> Result<Vec<String>, Invalid> {
    let Some(asked) = arguments.get("fields").and_then(Value::as_array) else {
        return Ok(list
            .columns
            .iter()
            .map(|&column| column.to_owned())
            .collect());
    };
    let known = schema::columns(&schemas.output, list);
    let asked: Vec<&str> = asked.iter().filter_map(Value::as_str).collect();
    let unknown = asked.iter().find(|field| !known.contains(field));
    let fault = match unknown {
        Some(name) if is_shown(name) => format!("names `{name}`, which is no column"),
        Some(_) => "names what is no column".to_owned(),
        None if asked.is_empty() => "is empty".to_owned(),
        None => return Ok(asked.into_iter().map(str::to_owned).collect()),
    };
    // In the message, since what to do next is cut.
    Err(Invalid {
        field: "fields".to_owned(),
        problem: format!("{fault}; there are {}", known.join(", ")),
        hint: Some("Leave `fields` out for the usual columns.".to_owned()),
    })
}

/// An answer, shaped.
pub(super) fn finish(
    list: Option<List>,
    wanted: &Wanted,
    cap_bytes: usize,
    mut answer: Map<String, Value>,
    next: Option<String>,
) -> Map<String, Value> {
    let mut next = next;
    if let Some(list) = list {
        let rows = match answer.remove(list.rows) {
            Some(Value::Array(rows)) => rows,
            _ => Vec::new(),
        };
        let rest = Value::Object(answer.clone()).to_string().len() + MARGIN_BYTES;
        let page = page(&list, wanted, cap_bytes.saturating_sub(rest), rows);
        if let Some((offset, notice)) = page.more {
            answer.insert(
                "cursor".to_owned(),
                json!(cursor(offset, &wanted.arguments)),
            );
            next = Some(notice);
        }
        answer.insert(list.rows.to_owned(), Value::Array(page.rows));
        if !page.secrets.is_empty() {
            let told = answer.entry(SECRETS).or_insert_with(|| json!([]));
            if let Some(told) = told.as_array_mut() {
                told.extend(page.secrets);
            }
        }
    }
    if list.is_none() {
        next = cap::fit(&mut answer, cap_bytes).or(next);
    }
    if let Some(next) = next {
        answer.insert("next".to_owned(), json!(cut(&next)));
    }
    answer
}

/// The rows in which secrets are masked, and what tells of them.
const MASKED_ROWS: &str = "flow";
const SECRETS: &str = "secretsFound";

struct Page {
    rows: Vec<Value>,
    /// What was masked in them.
    secrets: Vec<Value>,
    /// Where to go on, and how that is said.
    more: Option<(u64, String)>,
}

fn page(list: &List, wanted: &Wanted, cap_bytes: usize, rows: Vec<Value>) -> Page {
    let offset = wanted.window.offset;
    let (skip, total) = match list.paging {
        Paging::Ours => (offset, Some(rows.len())),
        Paging::Makes => (0, None),
    };
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let limit = usize::try_from(wanted.window.limit).unwrap_or(usize::MAX);
    let left = rows.len().saturating_sub(skip);
    let mut shown: Vec<Value> = Vec::new();
    let mut secrets = Vec::new();
    let mut size = 0;
    for row in rows.into_iter().skip(skip).take(limit) {
        // From the whole row, for its id says of which module.
        let masked = if list.rows == MASKED_ROWS {
            found_in(list.rows, &row)
        } else {
            Vec::new()
        };
        let row = select(row, &wanted.fields);
        let text = row.to_string();
        let mut masked = shown_in(masked, &text);
        let told: usize = masked.iter().map(|one| one.to_string().len() + 1).sum();
        let bytes = text.len() + 1 + told;
        if size + bytes > cap_bytes {
            // A row that does not fit by itself is shortened, so that the list goes on.
            if shown.is_empty() {
                shown.push(shortened(row, text.len() + 1));
            }
            break;
        }
        size += bytes;
        shown.push(row);
        secrets.append(&mut masked);
    }
    let count = shown.len();
    let more = (count < left).then(|| {
        let of = total.map_or_else(String::new, |total| format!(" of {total}"));
        let why = if count < limit { "cut at the byte cap" } else { "more to read" };
        let notice = format!(
            "{count}{of} rows, {why}: call again with the same arguments and `cursor`, or fewer `fields`."
        );
        (offset.saturating_add(count as u64), notice)
    });
    Page {
        rows: shown,
        secrets,
        more,
    }
}

fn select(mut row: Value, fields: &[String]) -> Value {
    if let Some(columns) = row.as_object_mut().filter(|_| !fields.is_empty()) {
        let mut whole = std::mem::take(columns);
        columns.extend(
            fields
                .iter()
                .filter_map(|field| whole.remove_entry(field.as_str())),
        );
    }
    row
}

/// The parts of a row that tell which it is.
fn shortened(mut row: Value, bytes: usize) -> Value {
    let short =
        |value: &Value| value.is_number() || value.as_str().is_some_and(|text| text.len() <= 200);
    if let Some(columns) = row.as_object_mut() {
        columns.retain(|_, value| short(value));
        columns.insert("cutBytes".to_owned(), json!(bytes));
    }
    row
}

fn digest(tool: &str, arguments: &Value) -> String {
    let mut named: Vec<String> = arguments
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !["fields", "limit", "cursor"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    named.sort_unstable();
    let digest = Sha256::digest(format!("{tool}\n{}", named.join("\n")));
    URL_SAFE_NO_PAD.encode(digest.get(..6).unwrap_or(&digest))
}

fn cursor(offset: u64, digest: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{offset}.{digest}"))
}

fn offset_of(cursor: &str, digest: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (offset, bound_to) = text.split_once('.')?;
    (bound_to == digest).then_some(())?;
    offset.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: List = List {
        rows: "rows",
        columns: &["id"],
        paging: Paging::Ours,
    };

    fn wanted_of(offset: u64, limit: u64) -> Wanted {
        let window = Window { offset, limit };
        Wanted {
            fields: vec!["id".to_owned()],
            window,
            arguments: "abc".to_owned(),
        }
    }

    fn rows(count: usize) -> Map<String, Value> {
        let rows: Vec<Value> = (0..count)
            .map(|id| json!({"id": id, "name": "n"}))
            .collect();
        Map::from_iter([("rows".to_owned(), Value::Array(rows))])
    }

    #[test]
    fn pages_join_without_gap_or_overlap() {
        let mut offset = 0;
        let mut seen = Vec::new();
        loop {
            let answer = finish(Some(LIST), &wanted_of(offset, 7), 32_768, rows(20), None);
            seen.extend(
                answer["rows"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["id"].as_u64().unwrap()),
            );
            let Some(cursor) = answer.get("cursor") else {
                break;
            };
            assert!(answer["next"].as_str().unwrap().chars().count() <= 120);
            offset = offset_of(cursor.as_str().unwrap(), "abc").unwrap();
        }
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn an_answer_without_rows_leaves_out_text_that_nobody_can_read() {
        let answer = |name: String| json!({"key": {"id": 1, "name": name}, "is": ["x"]});
        let shaped = |name: usize| {
            let answer = answer("n".repeat(name)).as_object().unwrap().clone();
            Value::Object(finish(None, &wanted_of(0, 1), 32_768, answer, None))
        };
        assert_eq!(shaped(30_000), answer("n".repeat(30_000)));
        assert_eq!(shaped(40_000), answer("[left out: 40000 bytes]".to_owned()));
    }

    #[test]
    fn the_byte_cap_cuts_at_a_row() {
        let answer = finish(
            Some(LIST),
            &wanted_of(0, 100),
            MARGIN_BYTES + 60,
            rows(50),
            None,
        );
        let count = answer["rows"].as_array().unwrap().len();
        assert!(count > 0 && count < 50, "{count}");
        assert!(answer["next"].as_str().unwrap().contains("byte cap"));
    }

    #[test]
    fn a_cursor_belongs_to_its_arguments() {
        assert_eq!(offset_of(&cursor(50, "abc"), "abc"), Some(50));
        assert_eq!(offset_of(&cursor(50, "abc"), "abd"), None);
        assert_eq!(offset_of("rubbish", "abc"), None);
    }
}

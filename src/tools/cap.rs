//! The byte cap of an answer that is no list: what goes first when it is too long, and how that is
//! said.

use std::io;

use serde_json::{Map, Value};

/// Room for the note about what was cut.
const NOTE_BYTES: usize = 200;
/// Text over this many bytes goes first.
const LONG_TEXT: usize = 1000;

/// Brings an answer under the cap: first long text goes, then the ends of the longest lists. Says
/// which lists were cut, when some were.
pub(super) fn fit(answer: &mut Map<String, Value>, cap_bytes: usize) -> Option<String> {
    if size(answer) <= cap_bytes {
        return None;
    }
    answer.values_mut().for_each(leave_out_long_text);
    let room = cap_bytes.saturating_sub(NOTE_BYTES);
    let mut note = None;
    let mut more: Vec<String> = Vec::new();
    // Each turn takes an item at least, so it ends.
    loop {
        let over = size(answer).saturating_sub(room);
        let mut longest = None;
        for (name, value) in answer.iter_mut() {
            seek(value, name, &mut longest);
        }
        let Some((list, path, _)) = longest.filter(|_| over > 0) else {
            return note.map(|note| match more.as_slice() {
                [] => note,
                more => format!("{note} Cut too: {}.", more.join(", ")),
            });
        };
        let before = list.len();
        let mut freed = 0;
        while list.len() > 1 && freed < over {
            freed += list.pop().map_or(0, |last| size(&last) + 1);
        }
        if note.is_some() {
            more.push(format!("`{path}`"));
            continue;
        }
        let shown = list.len();
        let all = match path.rsplit('.').next() {
            Some("teams") => " teams_list lists all.",
            _ => "",
        };
        note = Some(format!(
            "Cut at the byte cap: `{path}` shows {shown} of {before}.{all}"
        ));
    }
}

/// The list with the most bytes that can still be cut.
fn seek<'a>(
    value: &'a mut Value,
    path: &str,
    longest: &mut Option<(&'a mut Vec<Value>, String, usize)>,
) {
    match value {
        Value::Array(items) => {
            let bytes = size(items);
            let longer = longest.as_ref().is_none_or(|(_, _, most)| bytes > *most);
            if items.len() > 1 && longer {
                *longest = Some((items, path.to_owned(), bytes));
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                seek(value, &format!("{path}.{name}"), longest);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whole, not cut: of a secret that is cut in two nobody finds the rest.
fn leave_out_long_text(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONG_TEXT => {
            *text = format!("[left out: {} bytes]", text.len());
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_long_text),
        Value::Object(fields) => fields.values_mut().for_each(leave_out_long_text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How many bytes it has as JSON.
fn size(value: &impl serde::Serialize) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn teams(count: usize) -> Vec<Value> {
        (0..count)
            .map(|id| json!({"id": id, "name": "Customer"}))
            .collect()
    }

    fn fitted(mut answer: Value, cap_bytes: usize) -> (Value, Option<String>) {
        let note = fit(answer.as_object_mut().unwrap(), cap_bytes);
        (answer, note)
    }

    #[test]
    fn what_fits_is_as_it_was() {
        let whole = json!({"teams": teams(100), "text": "x".repeat(2000)});
        assert_eq!(fitted(whole.clone(), 32_768), (whole, None));
    }

    #[test]
    fn the_longest_list_is_cut_and_said() {
        let answer =
            json!({"organization": {"name": "Acme", "teams": teams(3000)}, "more": [1, 2, 3]});
        let (answer, note) = fitted(answer, 32_768);
        let shown = answer["organization"]["teams"].as_array().unwrap();
        assert!(
            size(&answer) <= 32_768 && shown.len() > 700,
            "{}",
            shown.len()
        );
        assert_eq!(shown[..2], teams(2));
        assert_eq!(answer["more"], json!([1, 2, 3]));
        let note = note.unwrap();
        let said = format!(
            "`organization.teams` shows {} of 3000. teams_list",
            shown.len()
        );
        assert!(note.contains(&said) && note.len() <= 120, "{note}");
    }

    #[test]
    fn several_lists_are_cut_until_it_fits() {
        let rows: Vec<String> = (0..40).map(|n| format!("{n}{}", "x".repeat(200))).collect();
        let (answer, _) = fitted(json!({"a": rows, "b": rows, "c": {"d": rows}}), 3000);
        assert!(size(&answer) <= 3000, "{}", size(&answer));
        let (answer, note) = fitted(json!({"a": ["x".repeat(900)]}), 100);
        assert_eq!((answer["a"][0].as_str().unwrap().len(), note), (900, None));
    }
}

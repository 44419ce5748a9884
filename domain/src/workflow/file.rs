//! A workflow as a file, to carry it from one company or hub to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::definition::{Definition, Key};

/// What a file of ours begins with; another number is another format.
const FORMAT: &str = "colloquy-workflow/1";
/// The longest file, in bytes: a definition may be written with a lot of space.
pub const MAX_FILE: usize = 1_048_576;

/// A workflow as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A workflow of Colloquy")]
pub struct File {
    /// `colloquy-workflow/1`.
    format: String,
    /// By which other workflows call it.
    pub key: Key,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub definition: Definition,
}

/// The text of a file.
#[must_use]
pub fn write(key: &Key, name: &str, definition: &Definition) -> String {
    let (key, definition) = (key.clone(), definition.clone());
    let file = File { format: FORMAT.to_owned(), key, name: name.to_owned(), definition };
    serde_json::to_string_pretty(&file).expect("a workflow is JSON") + "\n"
}

/// Reads a file.
///
/// # Errors
/// What is to be mended, with its place, for whoever wrote the file.
pub fn read(text: &str) -> Result<File, String> {
    if text.len() > MAX_FILE {
        return Err(format!("the file has {} bytes, at most {MAX_FILE} are allowed", text.len()));
    }
    let written: Json = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
    if written["format"] != FORMAT {
        return Err(format!("`format` is {}, this hub reads \"{FORMAT}\"", written["format"]));
    }
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let read = serde_json::to_value(&file).map_err(|error| error.to_string())?;
    match unread("", &written, &read) {
        Some(field) => Err(format!("there is no field `{field}`: take it away, or look at its spelling")),
        None => Ok(file),
    }
}

/// The JSON Schema of a file, for editors.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(File);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON")
}

/// The place of something that was written and not read: a misspelled field would be passed over otherwise.
fn unread(at: &str, written: &Json, read: &Json) -> Option<String> {
    match (written, read) {
        (Json::Object(written), Json::Object(read)) => written.iter().find_map(|(name, value)| {
            let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            match read.get(name) {
                Some(read) => unread(&at, value, read),
                // What is left out when it is nothing is not unread.
                None if value.is_null() || value.as_array().is_some_and(Vec::is_empty) => None,
                None => Some(at),
            }
        }),
        (Json::Array(written), Json::Array(read)) => {
            let pairs = written.iter().zip(read).enumerate();
            pairs
                .into_iter()
                .find_map(|(place, (written, read))| unread(&format!("{at}[{place}]"), written, read))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file() -> Json {
        json!({
            "format": FORMAT, "key": "order", "name": "Orders",
            "definition": {
                "variables": [{"name": "n", "initial": "0"}],
                "start": "wait",
                "steps": [
                    {"id": "wait", "kind": "WAIT", "until": {"afterSeconds": 5}, "elapsed": "look", "customerWrote": null},
                    {"id": "look", "kind": "HTTP", "method": "GET", "url": "https://x.example", "headers": [],
                     "timeoutSeconds": 5, "succeeded": "end", "failed": "end", "timedOut": "end"},
                    {"id": "end", "title": "Done", "kind": "END", "result": "vars.n"},
                ],
            },
        })
    }

    #[test]
    fn what_was_written_is_read_again_and_fits_the_schema() {
        let read_file = read(&file().to_string()).unwrap();
        let text = write(&read_file.key, &read_file.name, &read_file.definition);
        assert_eq!(read(&text).unwrap(), read_file);
        let schema: Json = serde_json::from_str(&schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        validator.validate(&file()).unwrap();
        validator.validate(&serde_json::from_str(&text).unwrap()).unwrap();
        for (place, wrong) in [
            ("/definition/steps/0/kind", json!("WAITS")),
            ("/definition/steps/0/until", json!({"afterSeconds": "soon"})),
            ("/definition/steps/1/method", json!("get")),
            ("/definition/start", json!(1)),
        ] {
            let mut file = file();
            *file.pointer_mut(place).unwrap() = wrong;
            assert!(!validator.is_valid(&file) && read(&file.to_string()).is_err(), "{place}");
        }
    }

    #[test]
    fn a_misspelled_field_is_told_with_its_place() {
        for (place, field, at) in [
            ("", "formats", "unknown field `formats`"),
            ("/definition", "step", "there is no field `definition.step`"),
            ("/definition/steps/1", "timeoutSecond", "there is no field `definition.steps[1].timeoutSecond`"),
            ("/definition/steps/0/until", "before", "there is no field `definition.steps[0].until.before`"),
            ("/definition/variables/0", "type", "there is no field `definition.variables[0].type`"),
        ] {
            let mut file = file();
            file.pointer_mut(place).unwrap()[field] = json!("x");
            assert!(read(&file.to_string()).unwrap_err().contains(at), "{:?}", read(&file.to_string()));
        }
        for (text, told) in [
            ("{", "this is no JSON"),
            ("[]", "`format` is null"),
            (r#"{"format": "colloquy-workflow/2"}"#, "this hub reads"),
        ] {
            assert!(read(text).unwrap_err().contains(told), "{:?}", read(text));
        }
    }
}

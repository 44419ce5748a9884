//! The schema as the server tells it, walked for every place that takes an id.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tests::client::Client;

use super::place::{Place, filler};

const ROOTS: [(&str, &str); 3] =
    [("query", "queryType"), ("mutation", "mutationType"), ("subscription", "subscriptionType")];

/// What a server says about its types.
pub struct Schema {
    types: BTreeMap<String, Value>,
    /// `query`, `mutation` and `subscription` with their types.
    roots: Vec<(&'static str, String)>,
}

impl Schema {
    /// Asks for it.
    pub async fn read(client: &Client) -> Self {
        let query = "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { name \
                     fields { name type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } args { ...I } } inputFields { ...I } } } } \
                     fragment I on __InputValue { name defaultValue type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } \
                     fragment T on __Type { kind name }";
        let schema = client.data(query, json!({})).await["__schema"].take();
        let types = list(&schema["types"]).iter().map(|kind| (text(&kind["name"]), kind.clone())).collect();
        let roots = ROOTS.map(|(operation, root)| (operation, text(&schema[root]["name"]))).into();
        Self { types, roots }
    }

    /// Every argument that is an id, or that has one somewhere inside, of a root's field, or of a field of what a query
    /// leads to without asking for anything, such as `workspace`.
    pub fn places(&self) -> Vec<Place> {
        let roots = self.roots.iter().map(|(operation, root)| (*operation, None, root.as_str()));
        let beside = self.doorways().map(|(field, kind)| ("query", Some(field), kind));
        roots
            .chain(beside)
            .flat_map(|(operation, through, kind)| {
                list(&self.types[kind]["fields"]).iter().map(move |field| (operation, through, field))
            })
            .flat_map(|(operation, through, field)| {
                let ways = self.ways(&field["args"], &[]);
                ways.into_iter().map(move |way| self.place((operation, through), field, &way))
            })
            .collect()
    }

    /// Fields of a query that need no arguments and lead to one object, with its type.
    fn doorways(&self) -> impl Iterator<Item = (&str, &str)> {
        let queries = self.roots.iter().filter(|(operation, _)| *operation == "query");
        let fields = queries.flat_map(|(_, root)| list(&self.types[root]["fields"]));
        let bare =
            fields.filter(|field| list(&field["args"]).is_empty() && !spelled(&field["type"]).contains('['));
        bare.map(|field| (field["name"].as_str().expect("a name"), leaf(&field["type"])))
    }

    /// The same of fields of any other type, by their names.
    pub fn places_below_the_roots(&self) -> Vec<String> {
        let tried: Vec<&str> = self
            .roots
            .iter()
            .map(|(_, root)| root.as_str())
            .chain(self.doorways().map(|(_, kind)| kind))
            .collect();
        let below = self.types.iter().filter(|(name, _)| !tried.contains(&name.as_str()));
        below
            .flat_map(|(name, kind)| list(&kind["fields"]).iter().map(move |field| (name, field)))
            .flat_map(|(name, field)| {
                let ways = self.ways(&field["args"], &[]);
                ways.into_iter().map(move |way| format!("{name}.{}({})", text(&field["name"]), way.join(".")))
            })
            .collect()
    }

    /// The names that lead to an id: of an argument, then of fields of input objects inside one another.
    fn ways(&self, inputs: &Value, entered: &[&str]) -> Vec<Vec<String>> {
        let mut ways = Vec::new();
        for input in list(inputs) {
            let (name, kind) = (text(&input["name"]), leaf(&input["type"]));
            if kind == "ID" {
                ways.push(vec![name]);
            } else if !entered.contains(&kind) {
                // An input object may hold itself: once is enough.
                let deeper = self.ways(&self.types[kind]["inputFields"], &[entered, &[kind]].concat());
                ways.extend(deeper.into_iter().map(|way| [vec![name.clone()], way].concat()));
            }
        }
        ways
    }

    fn place(&self, (operation, through): (&str, Option<&str>), field: &Value, way: &[String]) -> Place {
        let name = text(&field["name"]);
        let mut pointer = String::new();
        let template = self.values(&field["args"], way, &mut pointer);
        let given =
            list(&field["args"]).iter().filter(|argument| template.get(text(&argument["name"])).is_some());
        let (declared, passed): (Vec<_>, Vec<_>) = given
            .map(|argument| (text(&argument["name"]), spelled(&argument["type"])))
            .map(|(argument, kind)| (format!("${argument}: {kind}"), format!("{argument}: ${argument}")))
            .unzip();
        let (declared, passed) = (declared.join(", "), passed.join(", "));
        let asked = format!("{name}({passed}) {{ __typename }}");
        let asked = through.map_or(asked.clone(), |through| format!("{through} {{ {asked} }}"));
        let path = through.map_or_else(|| name.clone(), |through| format!("{through}.{name}"));
        Place {
            document: format!("{operation} ({declared}) {{ {asked} }}"),
            name: format!("{operation} {path}({})", way.join(".")),
            template,
            pointer,
        }
    }

    /// Values of all inputs that are on the way or required; `pointer` then leads to the id.
    fn values(&self, inputs: &Value, way: &[String], pointer: &mut String) -> Value {
        let mut values = Map::new();
        for input in list(inputs) {
            let (name, kind) = (text(&input["name"]), leaf(&input["type"]));
            if way.first() == Some(&name) {
                let lists = spelled(&input["type"]).matches('[').count();
                *pointer += &format!("/{name}{}", "/0".repeat(lists));
                let value = match &way[1..] {
                    [] => Value::Null,
                    deeper => self.values(&self.types[kind]["inputFields"], deeper, pointer),
                };
                values.insert(name, (0..lists).fold(value, |value, _| json!([value])));
            } else if input["type"]["kind"] == "NON_NULL" && input["defaultValue"].is_null() {
                values.insert(name.clone(), filler(&name, kind));
            }
        }
        values.into()
    }
}

/// A type as a document spells it.
fn spelled(kind: &Value) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", spelled(&kind["ofType"])),
        Some("LIST") => format!("[{}]", spelled(&kind["ofType"])),
        _ => text(&kind["name"]),
    }
}

/// The name of a type without its wrappings.
fn leaf(kind: &Value) -> &str {
    if kind["ofType"].is_null() { kind["name"].as_str().expect("a name") } else { leaf(&kind["ofType"]) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

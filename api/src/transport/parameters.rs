//! The parameters of an operation: `query`, `operationName`, `variables`, `extensions`.

use std::collections::HashMap;

use async_graphql::{Request, Value, Variables};
use serde::Deserialize;

/// As they stand in a JSON object. Every transport reads them through this type.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Option<Variables>,
    pub extensions: Option<HashMap<String, Value>>,
}

impl From<Parameters> for Request {
    fn from(parameters: Parameters) -> Self {
        let mut request = Request::new(parameters.query);
        request.operation_name = parameters.operation_name;
        request.variables = parameters.variables.unwrap_or_default();
        request.extensions = async_graphql::Extensions(parameters.extensions.unwrap_or_default());
        request
    }
}

impl Parameters {
    /// Reads a JSON object; says what is wrong with any other text.
    pub fn read(json: &str) -> Result<Self, String> {
        match json.trim_start().as_bytes().first() {
            Some(b'{') => serde_json::from_str(json).map_err(|error| error.to_string()),
            Some(b'[') => Err("batches are not supported: send one operation at a time".to_owned()),
            Some(_) | None => Err("an object with a query is expected".to_owned()),
        }
    }
}

//! One HTTP exchange with the Graph API, and what may be concluded from it.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;

use super::{CallError, Graph, GraphError};
use crate::lenient::Node;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// Meta gives this code also after it has acted.
const MAY_HAVE_ACTED: i64 = 131_000;

impl Graph {
    pub(super) async fn get(&self, token: &str, path: &str) -> Result<Value, CallError> {
        self.exchange(self.http.get(self.url(path)), Some(token)).await
    }

    pub(super) async fn get_with(
        &self,
        token: &str,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Value, CallError> {
        self.exchange(self.http.get(self.url(path)).query(parameters), Some(token)).await
    }

    pub(super) async fn get_without_token(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Value, CallError> {
        self.exchange(self.http.get(self.url(path)).query(parameters), None).await
    }

    pub(super) async fn delete(&self, token: &str, path: &str) -> Result<Value, CallError> {
        self.exchange(self.http.delete(self.url(path)), Some(token)).await
    }

    pub(super) async fn post(&self, token: &str, path: &str, body: &Value) -> Result<Value, CallError> {
        self.exchange(self.http.post(self.url(path)).json(body), Some(token)).await
    }

    async fn exchange(
        &self,
        mut request: reqwest::RequestBuilder,
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        if let Some(token) = token {
            let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| bad_token())?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let answer = request.send().await.map_err(not_answered)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = read(answer).await?;
        let value = serde_json::from_slice::<Value>(&body).ok();
        let error =
            value.as_ref().map(Node::of).map(|node| node.node("error")).filter(|node| node.is_there());
        match (error, value.as_ref()) {
            (Some(error), _) => {
                let mut error = GraphError::read(error, Some(status.as_u16()));
                error.retry_after = seconds(&headers);
                error.regain_access_minutes = minutes(&headers);
                match error.code {
                    MAY_HAVE_ACTED => Err(lost("code 131000", Some(status.as_u16()))),
                    _ => Err(CallError::Refused(error)),
                }
            }
            (None, Some(_)) if status.is_success() => Ok(value.unwrap_or_default()),
            _ => Err(lost("an answer without Meta's words", Some(status.as_u16()))),
        }
    }
}

fn bad_token() -> CallError {
    let message = Some("the access token has characters that no header can carry".to_owned());
    CallError::Refused(GraphError { code: 190, message, ..GraphError::default() })
}

fn not_answered(error: reqwest::Error) -> CallError {
    if error.is_connect() || error.is_builder() {
        return CallError::NotWritten { source: error.without_url() };
    }
    lost(if error.is_timeout() { "no answer in time" } else { "the connection broke" }, None)
}

pub(super) fn lost(reason: &str, http: Option<u16>) -> CallError {
    CallError::Unknown { reason: reason.to_owned(), http }
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, CallError> {
    let status = Some(answer.status().as_u16());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| lost("the answer broke off", status))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(lost("the answer is too long", status));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn seconds(headers: &HeaderMap) -> Option<u64> {
    headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()
}

fn minutes(headers: &HeaderMap) -> Option<u64> {
    let usage: Value = serde_json::from_str(headers.get("x-business-use-case-usage")?.to_str().ok()?).ok()?;
    let accounts = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    accounts.filter_map(|account| account.get("estimated_time_to_regain_access")?.as_u64()).max()
}

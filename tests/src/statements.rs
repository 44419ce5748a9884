//! The statements that readers of a hub run, for tests of how many there are.

use std::sync::{Arc, Mutex, PoisonError};

/// What was run while somebody listened.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Option<Vec<String>>>>);

impl Statements {
    /// Listens from now on.
    pub fn listen(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// What was run since and has this in it.
    pub fn with(&self, part: &str) -> Vec<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().flatten().filter(|sql| sql.contains(part)).cloned().collect()
    }

    pub(crate) fn hear(&self, sql: &str) {
        if let Some(heard) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            heard.push(sql.to_owned());
        }
    }
}

//! The workflows that a run may be in or may call.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::definition::{AfterHandBack, Definition, Key, Step};
use super::facts::Written;
use super::run::{Fault, FaultCode, Frame, Mail, State};

/// Versions by workflow, and which of them is published.
#[derive(Debug, Clone, Default)]
pub struct Library {
    versions: BTreeMap<(Key, i64), Arc<Definition>>,
    published: BTreeMap<Key, i64>,
}

impl Library {
    /// Adds a version that runs are in.
    pub fn keep(&mut self, workflow: Key, version: i64, definition: Arc<Definition>) {
        self.versions.insert((workflow, version), definition);
    }

    /// Adds the versions of another library; what is published stays.
    pub(super) fn keep_all(&mut self, other: Self) {
        self.versions.extend(other.versions);
    }

    /// All that it has.
    pub(super) fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.versions.values().map(AsRef::as_ref)
    }

    /// Adds the version that new runs take.
    pub fn publish(&mut self, workflow: Key, version: i64, definition: Arc<Definition>) {
        self.published.insert(workflow.clone(), version);
        self.keep(workflow, version, definition);
    }

    /// Which versions new runs take.
    pub(super) fn published_numbers(&self) -> &BTreeMap<Key, i64> {
        &self.published
    }

    /// As it was when these versions were the ones that new runs take.
    pub(super) fn as_of(&mut self, published: BTreeMap<Key, i64>) {
        self.published = published;
    }

    /// What becomes of an interrupted run when the conversation is handed back: its outermost workflow says.
    #[must_use]
    pub fn after_hand_back(&self, state: &State) -> AfterHandBack {
        let outermost = state.frames.first().map(|frame| (frame.workflow.clone(), frame.version));
        let definition = outermost.and_then(|of| self.versions.get(&of));
        definition.map(|definition| definition.after_hand_back).unwrap_or_default()
    }

    /// Whether the step at which a run waits is to hear of what the customer writes.
    pub(super) fn minds_customer(&self, state: &State) -> bool {
        let anything = Mail::Message(Written::one(0, None));
        self.step(state.frame()).is_ok_and(|step| step.kind.rules().wants(&anything))
    }

    /// The same with a draft in the place of what its workflow has published, as version 0.
    #[must_use]
    pub fn with_draft(mut self, workflow: &Key, draft: &Definition) -> Self {
        self.publish(workflow.clone(), 0, Arc::new(draft.clone()));
        self
    }

    pub(super) fn published(&self, workflow: &Key) -> Result<(i64, &Definition), Fault> {
        let missing =
            || Fault::new(FaultCode::NoWorkflow, format!("there is no published workflow `{workflow}`"));
        let version = *self.published.get(workflow).ok_or_else(missing)?;
        let definition = self.versions.get(&(workflow.clone(), version)).ok_or_else(missing)?;
        Ok((version, definition))
    }

    pub(super) fn step(&self, frame: &Frame) -> Result<&Step, Fault> {
        let definition = self.versions.get(&(frame.workflow.clone(), frame.version)).ok_or_else(|| {
            let message =
                format!("there is no version {} of the workflow `{}`", frame.version, frame.workflow);
            Fault::new(FaultCode::NoWorkflow, message)
        })?;
        definition.step(&frame.step).ok_or_else(|| {
            let message = format!("the workflow `{}` has no step `{}`", frame.workflow, frame.step);
            Fault::new(FaultCode::NoPath, message)
        })
    }
}

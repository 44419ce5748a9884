//! How many selections a document becomes, and how deep, once its fragments are written out.
//!
//! Fragments are settled in the order of their dependencies, each once, so a document costs what its text
//! costs even if its expansion would be astronomical. Fragments that no operation uses count too: validation
//! visits them.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::{Limits, Refusal};

/// Refuses fragments that contain themselves, and documents that expand beyond the limits.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refusal> {
    let fragments = settle(document)?;
    let mut whole = Size::default();
    for (_, operation) in document.operations.iter() {
        let size = expand(&own(&operation.node.selection_set.node), &fragments);
        whole.selections = whole.selections.saturating_add(size.selections);
        whole.depth = whole.depth.max(size.depth);
    }
    for fragment in fragments.values() {
        whole.selections = whole.selections.max(fragment.selections);
        whole.depth = whole.depth.max(fragment.depth);
    }
    if whole.selections > limits.selections {
        return Err(Refusal::TooExpensive {
            what: "selections, fragments written out",
            limit: limits.selections,
        });
    }
    if whole.depth > limits.nesting {
        return Err(Refusal::over("levels of nesting", limits.nesting));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    selections: u64,
    depth: usize,
}

/// A selection set without its fragments: what it holds itself, and which fragments it uses at which depth.
struct Own<'a> {
    size: Size,
    uses: Vec<(&'a str, usize)>,
}

fn own(set: &SelectionSet) -> Own<'_> {
    let mut own = Own { size: Size::default(), uses: Vec::new() };
    let mut open = vec![(set, 1)];
    while let Some((set, depth)) = open.pop() {
        own.size.depth = own.size.depth.max(depth);
        own.size.selections = own.size.selections.saturating_add(set.items.len() as u64);
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.selection_set.node.items.is_empty() => {}
                Selection::Field(field) => open.push((&field.node.selection_set.node, depth + 1)),
                Selection::InlineFragment(inline) => open.push((&inline.node.selection_set.node, depth + 1)),
                Selection::FragmentSpread(spread) => {
                    own.uses.push((spread.node.fragment_name.node.as_str(), depth))
                }
            }
        }
    }
    own
}

/// The size of every fragment, those first that use no other.
fn settle(document: &ExecutableDocument) -> Result<HashMap<&str, Size>, Refusal> {
    let mut waiting: HashMap<&str, (Own<'_>, usize)> = HashMap::new();
    let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, fragment) in &document.fragments {
        let mut own = own(&fragment.node.selection_set.node);
        // Validation reports a fragment that does not exist; here it weighs nothing.
        own.uses.retain(|(used, _)| document.fragments.contains_key(*used));
        for (used, _) in &own.uses {
            users.entry(used).or_default().push(name.as_str());
        }
        let unsettled = own.uses.len();
        waiting.insert(name.as_str(), (own, unsettled));
    }
    let mut ready: Vec<&str> =
        waiting.iter().filter(|(_, (_, unsettled))| *unsettled == 0).map(|(name, _)| *name).collect();
    let mut settled = HashMap::with_capacity(waiting.len());
    while let Some(name) = ready.pop() {
        let Some((own, _)) = waiting.remove(name) else { continue };
        settled.insert(name, expand(&own, &settled));
        for user in users.get(name).into_iter().flatten() {
            if let Some((_, unsettled)) = waiting.get_mut(user) {
                *unsettled -= 1;
                if *unsettled == 0 {
                    ready.push(user);
                }
            }
        }
    }
    match waiting.keys().min() {
        None => Ok(settled),
        Some(name) => Err(Refusal::Malformed {
            message: format!("fragment {name} contains itself, or uses one that does"),
            at: document.fragments.get(*name).map(|fragment| fragment.pos),
        }),
    }
}

fn expand(own: &Own<'_>, fragments: &HashMap<&str, Size>) -> Size {
    let mut size = own.size;
    for (used, depth) in &own.uses {
        let fragment = fragments.get(used).copied().unwrap_or_default();
        size.selections = size.selections.saturating_add(fragment.selections);
        size.depth = size.depth.max(depth.saturating_add(fragment.depth));
    }
    size
}

//! Puts null where a field failed, as the specification has it.
//!
//! The library answers a failed field by leaving its key out, whatever its type. A client is promised
//! otherwise: a field that may be null is null; one that may not makes its parent null, up to the next parent
//! that may be, at last `data`. The schema knows which is which; [`Shape`] reads it once. A response without
//! errors is not touched, and of one with errors only the branches that lead to them.

mod failures;

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Request, Response, Value,
    parser::{
        self,
        types::{
            BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
            SelectionSet, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

use self::failures::{Failures, Step};

/// The fields of every type, with what they promise.
#[derive(Default)]
pub(super) struct Shape {
    query: Option<Name>,
    mutation: Option<Name>,
    subscription: Option<Name>,
    fields: HashMap<Name, HashMap<Name, Type>>,
}

/// What was asked, kept until it is answered.
pub(super) struct Asked {
    query: String,
    operation_name: Option<String>,
}

impl From<&Request> for Asked {
    fn from(request: &Request) -> Self {
        Self { query: request.query.clone(), operation_name: request.operation_name.clone() }
    }
}

impl Shape {
    /// Reads a schema in its definition language.
    pub fn read(sdl: &str) -> Result<Self, parser::Error> {
        let mut shape = Self::default();
        for definition in parser::parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    shape.query = schema.node.query.map(|name| name.node);
                    shape.mutation = schema.node.mutation.map(|name| name.node);
                    shape.subscription = schema.node.subscription.map(|name| name.node);
                }
                TypeSystemDefinition::Type(definition) => {
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        TypeKind::Scalar
                        | TypeKind::Union(_)
                        | TypeKind::Enum(_)
                        | TypeKind::InputObject(_) => continue,
                    };
                    let fields = fields.into_iter().map(|field| (field.node.name.node, field.node.ty.node));
                    shape.fields.entry(definition.node.name.node).or_default().extend(fields);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(shape)
    }

    /// Completes a response to what was asked.
    pub fn complete(&self, asked: &Asked, response: &mut Response) {
        let failures = Failures::of(&response.errors);
        if failures.is_empty() {
            return;
        }
        let Ok(document) = parser::parse_query(&asked.query) else { return };
        let Some(operation) = selected(&document, asked.operation_name.as_deref()) else { return };
        let root = match operation.ty {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        let Some(root) = root else { return };
        let data = Type { base: BaseType::Named(root.clone()), nullable: true };
        let sets = vec![(root, &operation.selection_set.node)];
        Walk { shape: self, document: &document }.settle(&failures, &mut response.data, &data, &sets);
    }
}

/// A selection set and the type that it selects from.
type Sets<'a> = Vec<(&'a Name, &'a SelectionSet)>;

struct Walk<'a> {
    shape: &'a Shape,
    document: &'a ExecutableDocument,
}

impl<'a> Walk<'a> {
    /// Settles a value that has failures under it; says whether it may be what it now is. Goes as deep as the
    /// response, which is as deep as a document may be.
    fn settle(&self, failures: &Failures<'_>, value: &mut Value, promised: &Type, sets: &Sets<'a>) -> bool {
        // An object all of whose fields failed was answered with null.
        if *value == Value::Null && failures.are_in_an_object() {
            *value = Value::Object(Default::default());
        }
        let mut holds = true;
        match value {
            Value::List(items) => {
                let BaseType::List(each) = &promised.base else { return true };
                for (step, inner) in failures.iter() {
                    if let Step::Index(index) = step
                        && let Some(item) = items.get_mut(*index)
                    {
                        holds &= self.settle(inner, item, each, sets);
                    }
                }
            }
            Value::Object(fields) => {
                for (step, inner) in failures.iter() {
                    let Step::Field(key) = step else { continue };
                    let Some((promised, sets)) = self.field(sets, key) else { continue };
                    holds &= match fields.get_mut(*key) {
                        Some(value) => self.settle(inner, value, promised, &sets),
                        None => {
                            fields.insert(Name::new(key), Value::Null);
                            promised.nullable
                        }
                    };
                }
            }
            Value::Null => return promised.nullable,
            Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => {
                return true;
            }
        }
        if !holds {
            *value = Value::Null;
        }
        holds || promised.nullable
    }

    /// What the field under this key promises, and what is selected from it. The same key names the same
    /// field wherever it stands, in fragments too, or validation would have refused the document.
    fn field(&self, sets: &Sets<'a>, key: &str) -> Option<(&'a Type, Sets<'a>)> {
        let mut promised: Option<&Type> = None;
        let mut selected = Vec::new();
        let mut open = sets.clone();
        let mut seen = HashSet::new();
        while let Some((parent, set)) = open.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) if field.node.response_key().node == key => {
                        let fields = self.shape.fields.get(parent);
                        if let Some(ty) = fields.and_then(|fields| fields.get(&field.node.name.node)) {
                            promised = Some(ty);
                            selected.push((named(ty), &field.node.selection_set.node));
                        }
                    }
                    Selection::Field(_) => {}
                    Selection::InlineFragment(inline) => {
                        let condition =
                            inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                        open.push((condition.unwrap_or(parent), &inline.node.selection_set.node));
                    }
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        if let Some(fragment) = self.document.fragments.get(name)
                            && seen.insert(name)
                        {
                            let condition = &fragment.node.type_condition.node.on.node;
                            open.push((condition, &fragment.node.selection_set.node));
                        }
                    }
                }
            }
        }
        promised.map(|promised| (promised, selected))
    }
}

fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

fn selected<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => operations.values().next(),
    };
    operation.map(|operation| &operation.node)
}

#[cfg(test)]
mod tests;

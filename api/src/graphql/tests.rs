//! The schema as a newcomer meets it.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};

use super::sdl;

#[test]
fn the_definition_is_the_same_every_time() {
    assert_eq!(sdl(), sdl());
}

#[test]
fn everything_has_a_description() {
    let mut bare = Vec::new();
    for definition in parse_schema(sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        if definition.node.description.is_none() {
            bare.push(name.clone());
        }
        match definition.node.kind {
            TypeKind::Object(object) => object.fields.iter().for_each(|f| field(&mut bare, &name, &f.node)),
            TypeKind::Interface(face) => face.fields.iter().for_each(|f| field(&mut bare, &name, &f.node)),
            TypeKind::InputObject(object) => {
                object.fields.iter().for_each(|value| input(&mut bare, &name, &value.node));
            }
            TypeKind::Enum(kinds) => {
                let values = kinds.values.iter().filter(|value| value.node.description.is_none());
                bare.extend(values.map(|value| format!("{name}.{}", value.node.value.node)));
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
}

fn field(bare: &mut Vec<String>, of: &str, field: &FieldDefinition) {
    let name = format!("{of}.{}", field.name.node);
    if field.description.is_none() {
        bare.push(name.clone());
    }
    field.arguments.iter().for_each(|argument| input(bare, &name, &argument.node));
}

fn input(bare: &mut Vec<String>, of: &str, value: &InputValueDefinition) {
    if value.description.is_none() {
        bare.push(format!("{of}.{}", value.name.node));
    }
}

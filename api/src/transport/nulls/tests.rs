//! Where null goes, with the schema library as it is: the responses are its own.

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Error, Interface, Object, Request, Schema, SimpleObject, Union,
};
use serde_json::{Value as Json, json};

use super::{Asked, Shape};

struct Query;

struct Branch;

#[derive(SimpleObject)]
struct Leaf {
    green: bool,
}

#[derive(Union)]
enum Part {
    Branch(Branch),
    Leaf(Leaf),
}

#[derive(Interface)]
#[graphql(field(name = "sure", ty = "i32"))]
enum Named {
    Branch(Branch),
}

fn fails<T>() -> async_graphql::Result<T> {
    Err(Error::new("failed"))
}

#[Object]
impl Branch {
    async fn name(&self) -> &str {
        "oak"
    }
    async fn maybe(&self) -> async_graphql::Result<Option<i32>> {
        fails()
    }
    async fn sure(&self) -> async_graphql::Result<i32> {
        fails()
    }
    async fn child(&self) -> Branch {
        Branch
    }
    async fn maybe_child(&self) -> Option<Branch> {
        Some(Branch)
    }
    async fn children(&self) -> Vec<Branch> {
        vec![Branch, Branch]
    }
    async fn maybe_children(&self) -> Option<Vec<Option<Branch>>> {
        Some(vec![Some(Branch), None, Some(Branch)])
    }
    async fn parts(&self) -> Option<Vec<Option<Part>>> {
        Some(vec![Some(Part::Leaf(Leaf { green: true })), Some(Part::Branch(Branch))])
    }
    async fn named(&self) -> Option<Named> {
        Some(Named::Branch(Branch))
    }
    async fn numbers(&self, ctx: &Context<'_>) -> Vec<Option<i32>> {
        let at = ctx.item.pos;
        let mut error = Error::new("failed").into_server_error(at);
        error.path = vec![
            async_graphql::PathSegment::Field("root".into()),
            async_graphql::PathSegment::Field("numbers".into()),
            async_graphql::PathSegment::Index(1),
        ];
        ctx.add_error(error);
        vec![Some(1), None]
    }
}

#[Object]
impl Query {
    async fn root(&self) -> Branch {
        Branch
    }
    async fn maybe_root(&self) -> Option<Branch> {
        Some(Branch)
    }
    async fn lost(&self) -> async_graphql::Result<Option<Branch>> {
        fails()
    }
}

async fn data(query: &str) -> Json {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).finish();
    let shape = Shape::read(&schema.sdl()).unwrap();
    let request = Request::new(query);
    let asked = Asked::from(&request);
    let mut response = schema.execute(request).await;
    assert!(!response.errors.is_empty(), "{query}");
    shape.complete(&asked, &mut response);
    serde_json::to_value(&response.data).unwrap()
}

#[tokio::test]
async fn a_field_that_may_be_null_is_null() {
    assert_eq!(data("{ root { name maybe } }").await, json!({ "root": { "name": "oak", "maybe": null } }));
    assert_eq!(data("{ root { maybe } }").await, json!({ "root": { "maybe": null } }));
    assert_eq!(data("{ lost { name } }").await, json!({ "lost": null }));
    assert_eq!(
        data("{ a: lost { name } root { b: maybe } }").await,
        json!({ "a": null, "root": { "b": null } })
    );
}

#[tokio::test]
async fn a_field_that_may_not_makes_its_parent_null() {
    assert_eq!(
        data("{ maybeRoot { name sure } root { name } }").await,
        json!({ "maybeRoot": null, "root": { "name": "oak" } })
    );
    assert_eq!(data("{ maybeRoot { name child { sure } } }").await, json!({ "maybeRoot": null }));
    assert_eq!(
        data("{ root { name maybeChild { child { name sure } } } }").await,
        json!({ "root": { "name": "oak", "maybeChild": null } })
    );
    assert_eq!(data("{ root { name sure } }").await, Json::Null);
    assert_eq!(data("{ root { sure } maybeRoot { name } }").await, Json::Null);
}

#[tokio::test]
async fn a_list_keeps_the_entries_that_may_stay() {
    assert_eq!(
        data("{ maybeRoot { children { name sure } } root { name } }").await,
        json!({ "maybeRoot": null, "root": { "name": "oak" } })
    );
    assert_eq!(
        data("{ root { maybeChildren { name sure } } }").await,
        json!({ "root": { "maybeChildren": [null, null, null] } })
    );
    assert_eq!(
        data("{ root { maybeChildren { name maybe } } }").await,
        json!({ "root": { "maybeChildren": [{ "name": "oak", "maybe": null }, null, { "name": "oak", "maybe": null }] } })
    );
    assert_eq!(data("{ root { numbers } }").await, json!({ "root": { "numbers": [1, null] } }));
}

#[tokio::test]
async fn fragments_unions_and_interfaces_are_followed() {
    let query = "query Q { ...R } fragment R on Query { root { parts { __typename ... on Leaf { green } ...B } } } fragment B on Branch { maybe }";
    let parts = json!([{ "__typename": "Leaf", "green": true }, { "__typename": "Branch", "maybe": null }]);
    assert_eq!(data(query).await, json!({ "root": { "parts": parts } }));
    assert_eq!(
        data("{ root { parts { ... on Branch { name sure } } } }").await["root"]["parts"][1],
        Json::Null
    );
    assert_eq!(
        data("{ root { name named { sure } } }").await,
        json!({ "root": { "name": "oak", "named": null } })
    );
}

//! A workspace of its own with one number, for one body: nothing that another body left is there.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::widget::{self, Connect};
use domain::{Actor, Scope, workspace};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use simulator::Number;
use tests::Hub;

/// What the cases call the stage's number, its account and the number that people dial.
pub const NUMBER: &str = "NUMBER_OF_THE_STAGE";
pub const ACCOUNT: &str = "ACCOUNT_OF_THE_STAGE";
pub const DISPLAY: &str = "15550009999";

pub struct Stage<'a> {
    hub: &'a Hub,
    actor: Actor,
    /// What stands in the bodies, and what the hub knows it as.
    names: Vec<(String, String)>,
}

/// What a conversation of the stage looks like.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub messages: Vec<entity::message::Model>,
    sessions: usize,
    contacts: usize,
}

/// A number, its account, and what people dial.
pub type Named = (Option<String>, String, Option<String>);

/// The number of the cases.
pub fn own() -> Vec<Named> {
    vec![(Some(NUMBER.to_owned()), ACCOUNT.to_owned(), Some(DISPLAY.to_owned()))]
}

/// Every number and account that a body names.
pub fn named_in(body: &[u8]) -> Vec<Named> {
    let elements = whatsapp::parse(body).unwrap_or_default().into_iter();
    elements.map(|element| (element.phone_number_id, element.waba_id, element.display_phone_number)).collect()
}

impl<'a> Stage<'a> {
    /// Sets the stage: the numbers are linked, under ids of their own.
    pub async fn set(hub: &'a Hub, numbers: Vec<Named>) -> Self {
        let founded = workspace::found(&hub.env, "A company").await.expect("a workspace");
        let token = founded.token.expect("a token").secret;
        let actor =
            domain::token::authenticate(&hub.env, &token).await.expect("it answers").expect("it is known");
        let mut stage = Self { hub, actor, names: Vec::new() };
        for (number, account, display) in numbers {
            stage.link(number, account, display).await;
        }
        stage
    }

    async fn link(&mut self, number: Option<String>, account: String, display: Option<String>) {
        // An account without a number in the body gets one, so that there is somebody whom it concerns.
        let number = number.unwrap_or_else(|| format!("number of {account}"));
        if self.names.iter().any(|(name, _)| *name == number) {
            return;
        }
        let ours = self.rename(&number);
        let waba_id = self.rename(&account);
        let example = Number::example(&self.hub.number.callback_url);
        let linked = Number {
            phone_number_id: ours,
            business_id: format!("7{waba_id}"),
            waba_id,
            display_phone_number: display.unwrap_or(example.display_phone_number.clone()),
            ..example
        };
        self.hub.simulator.add_number(linked.clone());
        let connect = Connect {
            name: format!("Phone {}", linked.phone_number_id),
            company_display_name: "Test Tea".into(),
            phone_number_id: linked.phone_number_id,
            waba_id: linked.waba_id,
            access_token: linked.access_token,
            meta_app: linked.app,
        };
        widget::connect(&self.hub.env, &self.actor, &connect).await.expect("the number is linked");
    }

    fn rename(&mut self, name: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        if let Some((_, ours)) = self.names.iter().find(|(known, _)| known == name) {
            return ours.clone();
        }
        let ours = format!("4{:012}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.names.push((name.to_owned(), ours.clone()));
        ours
    }

    /// Posts a body under the stage's names; gives back the kind, outcome and reason of its rows.
    pub async fn post(&self, body: &[u8]) -> Vec<String> {
        let before = self.elements().await;
        let body = self.renamed(body);
        let app = &self.hub.number.app;
        assert_eq!(self.hub.simulator.post_raw(app, body).await, 200);
        self.hub.quiet().await;
        let all = self.elements().await;
        let new = all.iter().filter(|row| !before.iter().any(|old| old.id == row.id));
        let show = |row: &entity::inbound_element::Model| {
            let outcome = row.outcome.as_deref().unwrap_or("WAITING");
            let reason = row.reason.as_ref().map_or(String::new(), |reason| format!(" {reason}"));
            format!("{} {outcome}{reason}", row.kind)
        };
        new.map(show).collect()
    }

    /// Only where a name stands as a number or an account: the rest of a body is nobody's to change.
    fn renamed(&self, body: &[u8]) -> Vec<u8> {
        let Ok(mut text) = String::from_utf8(body.to_vec()) else { return body.to_vec() };
        for (name, ours) in &self.names {
            for key in ["phone_number_id", "waba_id", "id"] {
                for space in ["", " "] {
                    let (old, new) =
                        (format!("\"{key}\":{space}\"{name}\""), format!("\"{key}\":\"{ours}\""));
                    text = text.replace(&old, &new);
                }
            }
        }
        text.into_bytes()
    }

    async fn elements(&self) -> Vec<entity::inbound_element::Model> {
        use entity::inbound_element::Column;
        #[expect(clippy::disallowed_methods, reason = "bodies that concern nobody belong to no workspace")]
        let all = <entity::inbound_element::Entity as sea_orm::EntityTrait>::find();
        let query =
            all.order_by_asc(Column::ArrivedAt).order_by_asc(Column::LedgerId).order_by_asc(Column::Position);
        query.all(self.hub.env.database.reader()).await.expect("the database answers")
    }

    /// What is there now.
    pub async fn seen(&self) -> Seen {
        let scope = Scope::of(&self.hub.env, self.actor.workspace);
        let db = scope.reader();
        let messages = scope
            .find::<entity::message::Entity>()
            .filter(entity::message::Column::DuplicateOf.is_null())
            .order_by_asc(entity::message::Column::Id);
        Seen {
            messages: messages.all(db).await.expect("it answers"),
            sessions: scope.find::<entity::session::Entity>().all(db).await.expect("it answers").len(),
            contacts: scope.find::<entity::contact::Entity>().all(db).await.expect("it answers").len(),
        }
    }
}

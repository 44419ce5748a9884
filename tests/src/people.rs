//! Who writes: customers, whoever has the business's phone, and a member.

use domain::Actor;
use domain::actor::Role;
use domain::id::{ConversationId, MemberId, MessageId};
use domain::message::{self, Send, Text};
use sea_orm::{ConnectionTrait, Statement};
use simulator::Customer;

use crate::Hub;

impl Hub {
    /// A customer whom nobody else has.
    pub fn customer(&self, name: &str) -> Customer {
        let n = crate::hub::next();
        self.simulator.customer(Some(&format!("8869{n:08}")), Some(&format!("TW.{n:016}")), name)
    }

    /// The customer writes a text; gives back Meta's id.
    pub async fn says(&self, customer: &Customer, text: &str) -> String {
        self.simulator.customer_says(&self.number.phone_number_id, customer, text).await
    }

    /// Somebody types in the phone app; gives back Meta's id.
    pub async fn types(&self, customer: &Customer, text: &str) -> String {
        self.simulator.business_types(&self.number.phone_number_id, customer, text).await
    }

    /// A member of the company who is no administrator.
    pub async fn colleague(&self, name: &str) -> Actor {
        let member = MemberId::new();
        let copy = "INSERT INTO member (id, workspace_id, name, email, role, password_hash, removed_at, created_at) \
                    SELECT $1, id, $2, NULL, 'MEMBER', NULL, NULL, created_at FROM workspace WHERE id = $3";
        let (db, workspace) = (self.env.database.writer(), self.actor.workspace);
        let values = [member.0.into(), name.into(), workspace.0.into()];
        let copy = Statement::from_sql_and_values(db.get_database_backend(), copy, values);
        db.execute_raw(copy).await.expect("a member");
        Actor { member, role: Role::Member, ..self.actor.clone() }
    }

    /// The owner writes to the customer; gives back the message.
    pub async fn replies(&self, id: ConversationId, text: &str) -> MessageId {
        let send = Send::of(id, Text::parse(text).expect("a text"));
        message::send(&self.env, &self.actor, &send).await.expect("it may be sent").0
    }
}

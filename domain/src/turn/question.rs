//! What turns answer.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use crate::bot;
use crate::error::Result;
use crate::id::TurnId;
use crate::message::AuthorKind;
use crate::scope::Scope;

/// What the customer wrote that these turns answer, as it stands now; those without anything to read are left out.
///
/// # Errors
/// The database's.
pub async fn questions(scope: &Scope, ids: &[TurnId]) -> Result<Vec<(TurnId, String)>> {
    use entity::message::{Column, Entity};
    let turns = super::load(scope, ids).await?;
    let covered = |turn: &entity::turn::Model| {
        let (from, through) = turn.covers_from.zip(turn.covers_through)?;
        let numbers = Column::Number.between(from, through);
        Some(Condition::all().add(Column::ConversationId.eq(turn.conversation_id)).add(numbers))
    };
    let any = turns.iter().filter_map(covered).fold(Condition::any(), Condition::add);
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let messages = scope
        .find::<Entity>()
        .filter(any)
        .filter(Column::Author.eq(AuthorKind::Customer.as_str()))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::Number);
    let messages = messages.all(scope.reader()).await?;
    let question = |turn: &entity::turn::Model| {
        let covers = turn.covers_from?..=turn.covers_through?;
        let of_turn = |message: &&entity::message::Model| {
            message.conversation_id == turn.conversation_id && covers.contains(&message.number)
        };
        let words: Vec<_> = messages.iter().filter(of_turn).cloned().collect();
        Some((TurnId(turn.id), bot::question(&words)?))
    };
    Ok(turns.iter().filter_map(question).collect())
}

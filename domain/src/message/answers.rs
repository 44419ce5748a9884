//! Which of the customer's messages an answer answers, and which are owed one.

use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::id::ConversationId;
use crate::tx::Tx;

/// Numbers as they are stored; none of none.
pub(super) fn write(numbers: &[i64]) -> Option<String> {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Some(texts.join(",")).filter(|_| !texts.is_empty())
}

/// The numbers of the messages that this one answers.
pub(crate) fn read(message: &entity::message::Model) -> Vec<i64> {
    let texts = message.answers.as_deref().unwrap_or_default().split(',');
    texts.filter_map(|number| number.parse().ok()).collect()
}

/// The messages of these numbers that the customer has not taken back, in order.
pub(crate) async fn numbered(
    tx: &Tx<'_>,
    conversation: ConversationId,
    numbers: &[i64],
) -> Result<Vec<entity::message::Model>> {
    use entity::message::{Column, Entity};
    let found = tx
        .find::<Entity>()
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::Number.is_in(numbers.iter().copied()))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::Number);
    Ok(found.all(tx.db()).await?)
}

/// These messages are owed an answer although later ones had theirs, or are not any more: their content came after, a run
/// ended without a word to them, or their answer was stopped.
pub(crate) async fn came_late(
    tx: &Tx<'_>,
    conversation: ConversationId,
    numbers: &[i64],
    late: bool,
) -> Result<()> {
    for number in numbers {
        let noted = crate::database::statement(
            tx.db(),
            "UPDATE message SET came_late = $1 WHERE conversation_id = $2 AND number = $3",
            [late.into(), conversation.0.into(), (*number).into()],
        );
        tx.db().execute_raw(noted).await?;
    }
    Ok(())
}

//! What is true of a locked conversation at this moment, as workflows are told it.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::listen::stays;
use crate::conversation::{Handler, Thread, WaitReason};
use crate::error::Result;
use crate::human_wait;
use crate::tx::Tx;
use crate::workflow::facts::{Contact, Conversation, Facts, Hours, Session, Silence};
use crate::workflow::simulate::World;

/// The facts for a run, or for one that is about to begin.
pub(super) async fn gather(
    tx: &mut Tx<'_>,
    thread: &Thread,
    world: &World,
    run: Option<&entity::workflow_run::Model>,
) -> Result<Facts> {
    let now = tx.now();
    let others = super::find::live(tx, thread.id()).await?;
    let session = thread.session.as_ref();
    Ok(Facts {
        now,
        workspace: world.facts.workspace.clone(),
        contact: contact(tx, thread.conversation.contact_id).await?,
        conversation: Conversation {
            id: thread.id().to_string(),
            tags: tags(tx, thread.conversation.id).await?,
            bot: thread.facts.handler == Handler::Bot,
        },
        session: session.map(|row| Session { number: row.number, opened_at: row.opened_at }),
        business_hours: Hours::of(&world.calendar, now),
        silent: silence(tx, thread).await?,
        hand_over_closes: !thread.widget.human_handover_enabled,
        // The run in the foreground may always ask.
        asked: !run.is_some_and(|run| run.foreground)
            && others
                .iter()
                .any(|other| other.asks && stays(thread, other) && run.is_none_or(|run| run.id != other.id)),
    })
}

/// Why nothing may be said. Automatic messages beside a person's hold only until the person acts.
async fn silence(tx: &mut Tx<'_>, thread: &Thread) -> Result<Option<Silence>> {
    if person_acts(tx, thread).await? {
        return Ok(Some(Silence::PersonActed));
    }
    let now = tx.now();
    Ok((!thread.window_is_open(now)).then_some(Silence::WindowClosed))
}

/// Whether a person is responsible and did something: wrote, joined or took over.
pub(super) async fn person_acts(tx: &Tx<'_>, thread: &Thread) -> Result<bool> {
    if thread.facts.handler == Handler::Bot || !thread.facts.open {
        return Ok(false);
    }
    let reason = human_wait::present_reason(tx, thread.id()).await?;
    let acted = matches!(reason, Some(WaitReason::Joined | WaitReason::AgentMessage | WaitReason::Takeover));
    Ok(acted || thread.facts.human_replied)
}

async fn contact(tx: &Tx<'_>, id: uuid::Uuid) -> Result<Contact> {
    use entity::contact_identity::Column;
    let row = tx.find::<entity::contact::Entity>().filter(entity::contact::Column::Id.eq(id));
    let row = row.one(tx.db()).await?;
    let phones = tx.find::<entity::contact_identity::Entity>().filter(Column::ContactId.eq(id));
    let phones = phones.filter(Column::Kind.eq("PHONE")).filter(Column::ReplacedAt.is_null());
    let phone = phones.order_by_desc(Column::CreatedAt).one(tx.db()).await?.map(|row| row.value);
    let name = row.and_then(|row| row.given_name.or(row.name));
    Ok(Contact { name, phone })
}

async fn tags(tx: &Tx<'_>, conversation: uuid::Uuid) -> Result<Vec<String>> {
    use entity::{conversation_tag, tag};
    let links = tx
        .find::<conversation_tag::Entity>()
        .filter(conversation_tag::Column::ConversationId.eq(conversation))
        .all(tx.db())
        .await?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let of = tag::Column::Id.is_in(links.iter().map(|link| link.tag_id));
    let tags = tx.find::<tag::Entity>().filter(of).order_by_asc(tag::Column::Folded);
    Ok(tags.all(tx.db()).await?.into_iter().map(|tag| tag.name).collect())
}

//! What members do with a contact.

use super::{meet, search};
use crate::actor::Actor;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::id::ContactId;
use crate::tx::{Committed, Tx};

/// The longest name, in characters.
const LONGEST: usize = 200;

/// Gives a contact a name that no later name of Meta's replaces; a blank one takes it away again.
///
/// # Errors
/// NOT_FOUND; Invalid on `name`.
pub async fn rename(env: &Env, actor: &Actor, id: ContactId, name: &str) -> Result<Committed> {
    let mut tx = Tx::begin(env, actor.workspace).await?;
    let mut contact = meet::lock(&tx, id).await?;
    let name = name.trim();
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        let message = format!("give one line of 1 to {LONGEST} characters, or nothing to take the name away");
        return Err(Error::invalid("name", message));
    }
    let given = (!name.is_empty()).then(|| name.to_owned());
    if contact.given_name != given {
        contact.given_name = given;
        search::save(&tx, &mut contact).await?;
        tx.announce(Event::ContactRenamed { contact: id });
    }
    tx.commit().await
}

//! `colloquy ledger`: the operator's view of webhook elements that could not be applied.

use domain::clock::Clock;
use domain::database::Durability;
use domain::ledger;

use crate::cli::{LedgerAction, LedgerArgs};
use crate::settings::Settings;
use crate::{Fault, log, open};

pub async fn run(args: LedgerArgs) -> Result<(), Fault> {
    let settings = Settings::from_environment()?;
    log::init(&settings.log);
    let env = open::env(&settings, Clock::System, Durability::PowerCut).await?;
    match args.action {
        LedgerAction::List { limit } => {
            let elements = ledger::list_everywhere(&env, None, limit).await?;
            for element in &elements {
                let owner = element
                    .workspace
                    .map_or_else(|| "nobody's".to_owned(), |workspace| workspace.to_string());
                let (id, at, app) = (element.id, element.arrived_at.format("%FT%TZ"), &element.app);
                println!("{id}  {at}  app {app}  {}  {owner}  {}", element.field, element.reason);
            }
            println!("{} quarantined.", elements.len());
        }
        LedgerAction::Replay { element } => {
            let id =
                element.parse().map_err(|_| "copy the id as `colloquy ledger list` shows it (element_..)")?;
            ledger::replay_everywhere(&env, id).await.map_err(|error| format!("not replayed: {error}"))?;
            println!("{element} was read again; a running server applies it within a second.");
        }
    }
    env.database.close().await?;
    Ok(())
}

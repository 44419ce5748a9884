//! `colloquy token create`; may run beside a server.

use domain::clock::Clock;
use domain::database::Durability;
use domain::workspace;

use crate::cli::{TokenAction, TokenArgs};
use crate::settings::Settings;
use crate::{Fault, log, open};

pub async fn run(args: TokenArgs) -> Result<(), Fault> {
    let TokenAction::Create { name, workspace } = args.action;
    let settings = Settings::from_environment()?;
    log::init(&settings.log);
    let workspace = match workspace {
        Some(id) => Some(id.parse().map_err(|_| "--workspace: copy the id as the API shows it (ws_..)")?),
        None => None,
    };
    let env = open::env(&settings, Clock::System, Durability::PowerCut).await?;
    let issued = workspace::token_for_owner(&env, workspace, &name)
        .await
        .map_err(|error| format!("no token was made: {error}. Has `colloquy serve` run on this database?"))?;
    println!("{}", issued.secret);
    env.database.close().await?;
    Ok(())
}

//! `colloquy metrics`: figures that are counted anew.

use domain::Scope;
use domain::clock::Clock;
use domain::database::Durability;
use domain::{metrics, workspace};

use crate::cli::{MetricsAction, MetricsArgs};
use crate::settings::Settings;
use crate::{Fault, log, open};

pub async fn run(args: MetricsArgs) -> Result<(), Fault> {
    let settings = Settings::from_environment()?;
    log::init(&settings.log);
    let env = open::env(&settings, Clock::System, Durability::PowerCut).await?;
    match args.action {
        MetricsAction::Rebuild => {
            for id in workspace::all(&env).await? {
                metrics::rebuild(&env, id).await?;
                let scope = Scope::of(&env, id);
                // A server that runs beside helps: whoever has the row counts the next day.
                loop {
                    let progress = metrics::progress(&scope).await?;
                    println!("{id}: {} of {} days", progress.built, progress.days);
                    if progress.is_done() {
                        break;
                    }
                    metrics::roll_up(&env, id).await?;
                }
            }
        }
    }
    env.database.close().await?;
    Ok(())
}

//! `colloquy demo`: the main job on a temporary database, with the simulator as Meta.
//!
//! Everything listens on loopback, nothing of production is read, and all of it is gone at the end.

mod company;
mod follow;
mod scene;

use std::net::SocketAddr;

use domain::clock::Clock;
use domain::database::Durability;
use domain::settings::MetaApp;
use domain::workspace;
use simulator::{Number, Simulator};
use tokio::net::TcpListener;

use crate::cli::{DemoArgs, Role};
use crate::serve::{HEARTBEAT, Server};
use crate::settings::{Log, Settings};
use crate::{Fault, log, open};

pub async fn run(args: DemoArgs) -> Result<(), Fault> {
    if !args.addr.ip().is_loopback() {
        return Err("the demo listens on loopback only: choose 127.0.0.1 or [::1]".into());
    }
    log::init(&Log { filter: "warn".into(), json: false });
    let folder = tempfile::Builder::new().prefix("colloquy-demo-").tempdir()?;
    let simulator = Simulator::start(simulator::Config {
        control_addr: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..simulator::Config::default()
    })
    .await?;
    let listener = listen(args.addr).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let number = Number::example(&format!("{base}/webhooks/whatsapp"));
    let settings = settings(folder.path(), &simulator, &number);
    let env = open::env(&settings, Clock::System, Durability::Process).await?;
    migration::up(env.database.writer()).await?;
    let founded = workspace::found_first(&env, None).await?.ok_or("the temporary database is not empty")?;
    let token = founded.token.as_ref().map(|token| token.secret.clone()).ok_or("no token was made")?;
    let server = Server::start(env.clone(), Role::All, Some(listener), doors(), HEARTBEAT).await?;
    simulator.add_number(number.clone());
    let actor = domain::token::authenticate(&env, &token).await?.ok_or("the new token is not accepted")?;

    println!(
        "\n  Willow Tea House links its WhatsApp number, gives the bot three documents, and publishes it.\n"
    );
    company::set_up(&env, &actor, &number).await?;
    scene::play(&env, &actor, &simulator, &number).await?;
    if !args.once {
        instructions(&base, &token, &simulator, &number);
        crate::serve::stopped().await;
    }
    server.stop().await?;
    simulator.stop();
    Ok(())
}

/// The wanted port, or a free one when somebody else has it.
async fn listen(addr: SocketAddr) -> Result<TcpListener, Fault> {
    match TcpListener::bind(addr).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            println!("Port {} is taken, so the demo takes a free one.", addr.port());
            Ok(TcpListener::bind(SocketAddr::new(addr.ip(), 0)).await?)
        }
        Err(error) => Err(format!("cannot listen on {addr}: {error}").into()),
    }
}

fn settings(folder: &std::path::Path, simulator: &Simulator, number: &Number) -> Settings {
    Settings {
        database_url: format!("sqlite://{}", folder.join("demo.db").display()),
        addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        metrics_addr: None,
        secret_key: Some(domain::secret::Keyring::generate()),
        owner_token: None,
        meta_apps: vec![MetaApp { name: number.app.clone(), secrets: vec![number.app_secret.clone()] }],
        meta_verify_token: Some("demo".into()),
        graph_url: simulator.graph_url(),
        graph_version: "v25.0".into(),
        ledger_days: 30,
        callable_networks: Vec::new(),
        allowed_origins: Vec::new(),
        state_dir: folder.to_owned(),
        log: Log { filter: "warn".into(), json: false },
    }
}

/// A web page cannot drive the demo: only its own names, no foreign origins.
fn doors() -> api::Settings {
    let names = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned).to_vec();
    api::Settings { allowed_hosts: Some(names), ..api::Settings::default() }
}

fn instructions(base: &str, token: &str, simulator: &Simulator, number: &Number) {
    let control = simulator.control_url().unwrap_or_default();
    println!(
        "\n  The demo stays up until Ctrl-C. Three things to try:\n\n\
         1. Open GraphiQL (the token is filled in):\n\
         \x20  {base}/graphql#token={token}\n\
         \x20  and run   {{ conversations(label: ALL) {{ nodes {{ id status contact {{ name }} messages {{ nodes {{ number text }} }} }} }} }}\n\n\
         2. Watch live events in GraphiQL:\n\
         \x20  subscription {{ events {{ cursor node {{ __typename }} }} }}\n\n\
         3. Write as a customer, in another terminal:\n\
         \x20  curl -H 'content-type: application/json' {control}/customers/say \\\n\
         \x20    -d '{{\"phone_number_id\":\"{}\",\"wa_id\":\"886912345678\",\"name\":\"Mei\",\"text\":\"運費怎麼算？\"}}'\n",
        number.phone_number_id
    );
    let _ = std::io::Write::flush(&mut std::io::stdout());
}

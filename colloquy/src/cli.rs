//! The command line. Settings come from the environment (README has the table); arguments only say
//! what to do.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A self-hosted messaging hub for businesses on WhatsApp.
#[derive(Parser)]
#[command(name = "colloquy", version, about, long_about = LONG, after_help = AFTER)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const LONG: &str = "Colloquy keeps one ordered conversation per customer on WhatsApp: what the customer writes, what the bot \
answers from your own documents, what your team writes in an inbox, and what somebody types in the WhatsApp Business app \
on the company's phone. It is a GraphQL API with live events.";

const AFTER: &str = "Begin with `colloquy demo`: it needs nothing, plays a short scene and stays up for you to try. \
Settings are read from the environment; README.md lists them.";

#[derive(Subcommand)]
pub enum Command {
    /// Serve the API and run the jobs
    ///
    /// On an empty database it creates the tables, a workspace, its owner and a first token. On an older
    /// database it refuses unless you pass --migrate. SIGTERM or Ctrl-C lets what is in flight finish.
    Serve(ServeArgs),
    /// Play a scene on a temporary database with the built-in Meta simulator, then stay up
    ///
    /// Needs no settings and ignores those of production. Everything listens on loopback only and is gone
    /// when the program ends.
    Demo(DemoArgs),
    /// Bring the database up to date, take a change back, or look
    Migrate(MigrateArgs),
    /// Print the GraphQL schema
    Schema,
    /// Run the Meta simulator by itself
    Simulator(SimulatorArgs),
    /// Make tokens for the API
    Token(TokenArgs),
    /// Look at webhook elements that could not be applied, and try them again
    Ledger(LedgerArgs),
    /// Count figures anew
    Metrics(MetricsArgs),
}

#[derive(Args)]
pub struct ServeArgs {
    /// What this process does. Splitting needs PostgreSQL
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Bring an older database up to date before serving
    #[arg(long)]
    pub migrate: bool,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// The API and the jobs
    All,
    /// Only GraphQL, webhooks and health
    Api,
    /// Only the jobs and the ticker
    Jobs,
}

#[derive(Args)]
pub struct DemoArgs {
    /// Where the API listens; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,
    /// End after the scene instead of staying up
    #[arg(long)]
    pub once: bool,
}

#[derive(Args)]
pub struct MigrateArgs {
    #[command(subcommand)]
    pub action: MigrateAction,
}

#[derive(Subcommand)]
pub enum MigrateAction {
    /// Apply every missing change
    Up,
    /// Take back the newest change; rows that only it can hold are lost
    Down,
    /// Say what is missing, without changing anything
    Status,
}

#[derive(Args)]
pub struct SimulatorArgs {
    /// Where the Graph API listens
    #[arg(long, default_value = "127.0.0.1:9080")]
    pub graph: SocketAddr,
    /// Where the control API listens (loopback only)
    #[arg(long, default_value = "127.0.0.1:9081")]
    pub control: SocketAddr,
}

#[derive(Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    pub action: TokenAction,
}

#[derive(Subcommand)]
pub enum TokenAction {
    /// Make a token that acts as the workspace's owner, and print it once
    Create {
        /// What the token is for
        #[arg(long, default_value = "command line")]
        name: String,
        /// Which workspace (ws_..), if there are several
        #[arg(long)]
        workspace: Option<String>,
    },
}

#[derive(Args)]
pub struct MetricsArgs {
    #[command(subcommand)]
    pub action: MetricsAction,
}

#[derive(Subcommand)]
pub enum MetricsAction {
    /// Throw away what was counted ahead and count it from messages and sessions, telling how far it is
    ///
    /// A server may run beside: what it answers stays right and takes longer.
    Rebuild,
}

#[derive(Args)]
pub struct LedgerArgs {
    #[command(subcommand)]
    pub action: LedgerAction,
}

#[derive(Subcommand)]
pub enum LedgerAction {
    /// List quarantined elements, oldest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u64,
    },
    /// Read an element again from its body and apply it
    Replay {
        /// Its id (element_..)
        element: String,
    },
}

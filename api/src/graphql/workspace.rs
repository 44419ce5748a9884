//! The tenant and its members.

mod mutation;

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::actor::Role;
use domain::id::{MemberId, WidgetId, WorkspaceId};
use domain::metrics::{Period, Whose};
use domain::session::{self, Opened};
use domain::{feed, row, workspace};

use super::business_hours::{self, BusinessHours};
use super::connection::{Connection, Paging};
use super::cursor::Cursor;
use super::link::Link;
use super::metrics::{self, LiveCount, Metrics, MetricsInterval};
use super::operation::operation;
use super::session::Session;
use super::time::DateTime;
use super::turn::Turn;
pub use mutation::WorkspaceMutation;

/// A workspace.
pub struct Workspace(pub row::Workspace);

/// The tenant: one company. It owns everything that this API shows.
#[Object]
impl Workspace {
    /// Names this workspace.
    pub(super) async fn id(&self) -> ID {
        WorkspaceId(self.0.id).into()
    }

    /// The company's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The IANA time zone that days are counted in, for example `Asia/Taipei`.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// The language of the company as BCP 47 names it, for example `zh-Hant-TW`.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// When the company is open.
    async fn business_hours(&self, ctx: &Context<'_>) -> Result<BusinessHours> {
        business_hours::of(ctx).await
    }

    /// What happened in a period: at most 1,000 stretches of it.
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The period begins.")] from: DateTime,
        #[graphql(desc = "The period is over.")] until: DateTime,
        #[graphql(desc = "How it is divided.", default_with = "MetricsInterval::Day")]
        group_by: MetricsInterval,
        #[graphql(desc = "The IANA time zone in which it is divided; null is the workspace's.")]
        time_zone: Option<String>,
        #[graphql(desc = "Only that of this widget.")] widget_id: Option<ID>,
    ) -> Result<Metrics> {
        let period = Period { from: from.0, until: until.0 };
        let whose = metrics::whose(ctx, widget_id).await?;
        metrics::report(ctx, whose, period, (group_by.into(), time_zone)).await
    }

    /// Answers of the bot that ended in a period without one because nothing in the company's knowledge fits, the newest
    /// first: what the knowledge lacks.
    #[expect(clippy::too_many_arguments, reason = "one argument each in the schema")]
    async fn unanswered_questions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The period begins.")] from: DateTime,
        #[graphql(desc = "The period is over.")] until: DateTime,
        #[graphql(desc = "Only those of this widget.")] widget_id: Option<ID>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Turn>> {
        let operation = operation(ctx);
        let page = Paging { first, after, last, before }.page()?;
        let whose = metrics::whose(ctx, widget_id).await?;
        let period = Period { from: from.0, until: until.0 };
        let rows =
            operation.told(domain::metrics::unanswered(&operation.scope, whose, period, &page).await)?;
        // Its end orders the list: one that has none is not in it.
        Ok(Connection::new(&page, rows, |row| {
            ((row.ended_at.unwrap_or(row.first_at), row.id), Turn::from(row))
        }))
    }

    /// The sessions that were opened in a period, the newest first. `/exports/sessions.csv` has the same as a file.
    #[expect(clippy::too_many_arguments, reason = "a connection has four, and the filters are flat")]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The period begins.")] from: DateTime,
        #[graphql(desc = "The period is over: what was opened at this moment does not belong to it.")]
        until: DateTime,
        #[graphql(desc = "Only those on this widget.")] widget_id: Option<ID>,
        #[graphql(desc = "At most so many from the beginning, 1 to 100; without first and last 50.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<Connection<Session>> {
        let operation = operation(ctx);
        let widget: Option<WidgetId> = widget_id.as_ref().map(|id| operation.id(id)).transpose()?;
        if let Some(id) = widget {
            operation.named(id).await?;
        }
        let page = Paging { first, after, last, before }.page()?;
        let which = Opened { from: from.0, until: until.0, widget };
        let rows = operation.told(session::opened(&operation.scope, &which, &page).await)?;
        Ok(Connection::new(&page, rows, |row| ((row.opened_at, row.id), Session::from(row))))
    }

    /// How many conversations stand how at this moment, one count for every status.
    async fn live_counts(&self, ctx: &Context<'_>) -> Result<Vec<LiveCount>> {
        metrics::live(ctx, Whose::Workspace).await
    }

    /// When the workspace was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Where the feed of events stands now. Ask for it in a request of its own, load what you need, then subscribe to
    /// `events` after it: nothing is missed.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<Cursor> {
        let operation = operation(ctx);
        let head = operation.told(feed::head(&operation.scope).await)?;
        let workspace = operation.scope.workspace();
        Ok(feed::Cursor { workspace, generation: head.generation, position: head.last }.into())
    }
}

/// A member.
pub struct Member(pub row::Member);

impl From<row::Member> for Member {
    fn from(row: row::Member) -> Self {
        Self(row)
    }
}

/// A user of the workspace.
#[Object]
impl Member {
    /// Names this member.
    pub(super) async fn id(&self) -> ID {
        MemberId(self.0.id).into()
    }

    /// What others call them.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The address they sign in with; null if they have none yet.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// What they may do.
    async fn role(&self, ctx: &Context<'_>) -> Result<MemberRole> {
        operation(ctx).read(Role::read(&self.0.role, self.0.id)).map(MemberRole::from)
    }

    /// When they joined the workspace.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When they were removed; null while they belong to the workspace.
    async fn removed_at(&self) -> Option<DateTime> {
        self.0.removed_at.map(DateTime)
    }
}

/// What a member may do. Each role may also do what the roles before it may.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Role")]
pub enum MemberRole {
    /// Read, and talk to customers: join, reply, close, snooze, pin, hand back.
    Member,
    /// Also set up channels, widgets, knowledge, team and tokens.
    Admin,
    /// Also own the workspace.
    Owner,
}

/// Reads about the workspace.
#[derive(Default)]
pub struct WorkspaceQuery;

#[Object]
impl WorkspaceQuery {
    /// The workspace that the token belongs to.
    async fn workspace(&self, ctx: &Context<'_>) -> Result<Workspace> {
        let operation = operation(ctx);
        operation.told(workspace::load(&operation.scope).await).map(Workspace)
    }

    /// The member that the token acts as.
    async fn viewer(&self, ctx: &Context<'_>) -> Link<MemberId> {
        Link(operation(ctx).actor.member)
    }
}

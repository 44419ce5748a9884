//! A busy month, written with COPY: sessions of ten messages, most of them answered by the bot, some by people.

use std::fmt::Write;

use chrono::{SecondsFormat, TimeDelta};
use domain::Time;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::sqlx::Postgres;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::{ConnectionTrait, Statement};
use tests::Hub;
use uuid::Uuid;

/// Messages of a session.
const OF_A_SESSION: i64 = 10;
/// Sessions of a conversation.
const OF_ONE: i64 = 5;
/// Conversations written at once.
const AT_ONCE: i64 = 2_000;
/// So many seconds are spread over.
const MONTH: i64 = 30 * 86_400;

const TABLES: [&str; 8] = [
    "contact (id, workspace_id, created_at)",
    "conversation (id, workspace_id, widget_id, contact_id, status, handler, epoch, session_count, human_replied, \
     snooze_elapsed, last_number, window_closed_by_provider, pinned, revision, last_activity_at, touched_at, created_at)",
    "session (id, workspace_id, conversation_id, number, opened_at, expires_at, closed_at, close_reason, first_number, \
     last_number, created_at)",
    "human_wait (id, workspace_id, conversation_id, session_id, reason, from_number, started_at, first_reply_at, ended_at)",
    "message (id, workspace_id, widget_id, conversation_id, session_id, number, author, provider_id, kind, text, \
     counts_as_human, out_of_session, sent_at, received_at)",
    "turn (id, workspace_id, conversation_id, session_id, state, first_at, due_at, starts, conversation_epoch, \
     widget_epoch, covers_from, covers_through, reason, created_at, ended_at)",
    "citation (id, workspace_id, message_id, passage_id, position)",
    "delivery (id, workspace_id, conversation_id, message_id, number, automatic, conversation_epoch, widget_epoch, state, \
     attempts, due_at, error_code, dead, created_at)",
];

/// What is written, a text for each table.
struct Month {
    workspace: Uuid,
    widget: Uuid,
    passages: Vec<Uuid>,
    begins: Time,
    rng: StdRng,
    texts: [String; TABLES.len()],
}

macro_rules! row {
    ($month:ident, $table:literal, $($value:expr),+) => {{
        let text = &mut $month.texts[$table];
        row!(@ text, $($value),+);
        text.push('\n');
    }};
    (@ $text:ident, $value:expr) => { write!($text, "{}", $value).expect("memory") };
    (@ $text:ident, $value:expr, $($rest:expr),+) => {{
        write!($text, "{}\t", $value).expect("memory");
        row!(@ $text, $($rest),+);
    }};
}

/// Writes about so many messages of the thirty days until now.
pub async fn month(hub: &Hub, messages: i64) {
    let pool = hub.env.database.writer().get_postgres_connection_pool().clone();
    let mut connection = pool.acquire().await.expect("a connection");
    // What is written keeps the foreign keys by itself.
    run(&mut connection, "SET session_replication_role = replica").await;
    let db = hub.env.database.reader();
    let found = Statement::from_string(db.get_database_backend(), "SELECT id FROM passage");
    let passages = db.query_all_raw(found).await.expect("passages");
    let mut month = Month {
        workspace: hub.actor.workspace.0,
        widget: hub.widget.0,
        passages: passages.iter().map(|row| row.try_get("", "id").expect("an id")).collect(),
        begins: hub.env.clock.now() - TimeDelta::seconds(MONTH),
        rng: StdRng::seed_from_u64(5),
        texts: Default::default(),
    };
    let conversations = messages / OF_A_SESSION / OF_ONE;
    for n in 0..conversations {
        month.conversation();
        if (n + 1) % AT_ONCE == 0 || n + 1 == conversations {
            for (table, text) in TABLES.iter().zip(&mut month.texts) {
                let mut copy =
                    connection.copy_in_raw(&format!("COPY {table} FROM STDIN")).await.expect("it copies");
                copy.send(text.as_bytes()).await.expect("it is sent");
                copy.finish().await.expect("it is written");
                text.clear();
            }
        }
    }
    run(&mut connection, "SET session_replication_role = DEFAULT").await;
    drop(connection);
    hub.env.database.writer().execute_unprepared("VACUUM (ANALYZE)").await.expect("it is tidied");
}

async fn run(connection: &mut PoolConnection<Postgres>, sql: &'static str) {
    sea_orm::sqlx::query(sql).execute(&mut **connection).await.expect("a superuser");
}

fn at(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Month {
    fn conversation(&mut self) {
        let (workspace, contact, chat) = (self.workspace, Uuid::now_v7(), Uuid::now_v7());
        let created = at(self.begins);
        row!(self, 0, contact, workspace, created);
        // Its sessions share the month: each has a part of its own.
        for number in 0..OF_ONE {
            let part = MONTH / OF_ONE;
            let opened =
                self.begins + TimeDelta::seconds(number * part + self.rng.random_range(0..part - 3_600));
            self.session(chat, number, opened);
        }
        let (count, last) = (OF_ONE, OF_ONE * OF_A_SESSION);
        row!(
            self,
            1,
            chat,
            workspace,
            self.widget,
            contact,
            "CLOSED",
            "BOT",
            0,
            count,
            "f",
            "f",
            last,
            "f",
            "f",
            1,
            created,
            created,
            created
        );
    }

    fn session(&mut self, chat: Uuid, number: i64, opened: Time) {
        let (workspace, session) = (self.workspace, Uuid::now_v7());
        let first = number * OF_A_SESSION + 1;
        let closed = opened + TimeDelta::minutes(50);
        let by_people = self.rng.random_bool(0.2);
        let person = opened + TimeDelta::minutes(20);
        let reply = person + TimeDelta::seconds(self.rng.random_range(5..900));
        let times = (at(opened), at(closed));
        row!(
            self,
            2,
            session,
            workspace,
            chat,
            number + 1,
            times.0,
            times.1,
            times.1,
            "AGENT",
            first,
            first + 9,
            times.0
        );
        if by_people {
            row!(
                self,
                3,
                Uuid::now_v7(),
                workspace,
                chat,
                session,
                "UNSURE",
                first + 4,
                at(person),
                at(reply),
                times.1
            );
            row!(
                self,
                5,
                Uuid::now_v7(),
                workspace,
                chat,
                session,
                "HANDED_OVER",
                at(person),
                at(person),
                1,
                0,
                0,
                first + 4,
                first + 4,
                "UNSURE",
                at(person),
                at(person)
            );
        }
        for place in 0..OF_A_SESSION {
            let (author, sent) = match (place % 2, by_people && place > 4) {
                (0, _) => ("CUSTOMER", opened + TimeDelta::minutes(5 * place)),
                (_, false) => ("BOT", opened + TimeDelta::minutes(5 * (place - 1)) + TimeDelta::seconds(3)),
                (_, true) if place == 5 => ("AGENT", reply),
                (_, true) => ("AGENT", opened + TimeDelta::minutes(5 * place)),
            };
            self.message((chat, session), first + place, (author, sent));
        }
    }

    fn message(&mut self, (chat, session): (Uuid, Uuid), number: i64, (author, sent): (&str, Time)) {
        let (workspace, message, sent) = (self.workspace, Uuid::now_v7(), at(sent));
        let human = if author == "AGENT" { "t" } else { "f" };
        let text = "A message of about as many letters as people use, with a number at its end: 1";
        row!(
            self,
            4,
            message,
            workspace,
            self.widget,
            chat,
            session,
            number,
            author,
            message,
            "text",
            text,
            human,
            "f",
            sent,
            sent
        );
        if author == "BOT" {
            let passage = self.passages[self.rng.random_range(0..self.passages.len())];
            row!(self, 6, Uuid::now_v7(), workspace, message, passage, 0);
        }
        // Only sends that failed count; the others would weigh on the disk alone.
        if author != "CUSTOMER" && self.rng.random_bool(0.01) {
            row!(
                self,
                7,
                Uuid::now_v7(),
                workspace,
                chat,
                message,
                number,
                "t",
                0,
                0,
                "FAILED",
                1,
                sent,
                131_026,
                "f",
                sent
            );
        }
    }
}

//! The plainest count that there is: SQL over the tables, a statement for each figure, none of the product's code.

use std::collections::BTreeMap;

use domain::feedback::Rating;
use domain::id::WidgetId;
use domain::metrics::{Figures, Period, Rated};
use sea_orm::{ConnectionTrait, Statement, Value};
use tests::Hub;

/// Each tells words and how many there are, of widget `$1` from `$2` on and before `$3`.
const FIGURES: [(&str, &str); 10] = [
    (
        "message",
        "SELECT author AS word, COUNT(*) AS n FROM message WHERE widget_id = $1 AND sent_at >= $2 AND sent_at < $3 \
         AND author <> 'SYSTEM' AND duplicate_of IS NULL GROUP BY author",
    ),
    (
        "opened",
        "SELECT '' AS word, COUNT(*) AS n FROM session s JOIN conversation c ON c.id = s.conversation_id \
         WHERE c.widget_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3",
    ),
    (
        "closed",
        "SELECT CASE WHEN s.id IN (SELECT session_id FROM human_wait) THEN 'people' ELSE 'bot' END AS word, COUNT(*) AS n \
         FROM session s JOIN conversation c ON c.id = s.conversation_id \
         WHERE c.widget_id = $1 AND s.closed_at >= $2 AND s.closed_at < $3 GROUP BY 1",
    ),
    (
        "handed over",
        "SELECT h.reason AS word, COUNT(*) AS n FROM session s JOIN conversation c ON c.id = s.conversation_id \
         JOIN human_wait h ON h.session_id = s.id WHERE c.widget_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3 \
         AND NOT EXISTS (SELECT 1 FROM human_wait e WHERE e.session_id = s.id \
         AND (e.started_at < h.started_at OR (e.started_at = h.started_at AND e.id < h.id))) GROUP BY h.reason",
    ),
    (
        "first response",
        "SELECT '' AS word, COUNT(h.first_reply_at) AS n FROM human_wait h JOIN conversation c ON c.id = h.conversation_id \
         WHERE c.widget_id = $1 AND h.started_at >= $2 AND h.started_at < $3 \
         AND h.reason <> 'TAKEOVER' AND h.reason <> 'AGENT_MESSAGE'",
    ),
    (
        "handled",
        "SELECT '' AS word, COUNT(*) AS n FROM human_wait h JOIN conversation c ON c.id = h.conversation_id \
         WHERE c.widget_id = $1 AND h.ended_at >= $2 AND h.ended_at < $3",
    ),
    (
        "unanswered",
        "SELECT '' AS word, COUNT(*) AS n FROM turn t JOIN conversation c ON c.id = t.conversation_id \
         WHERE c.widget_id = $1 AND t.ended_at >= $2 AND t.ended_at < $3 AND t.state = 'HANDED_OVER' AND t.reason = 'UNSURE'",
    ),
    (
        "rated",
        "SELECT m.author || ' ' || f.rating AS word, COUNT(*) AS n FROM feedback f, message m WHERE f.message_id = m.id \
         AND m.widget_id = $1 AND m.sent_at >= $2 AND m.sent_at < $3 AND m.duplicate_of IS NULL GROUP BY 1",
    ),
    (
        "undelivered",
        "SELECT CASE d.state WHEN 'UNKNOWN' THEN 'UNKNOWN' ELSE d.fault END AS word, COUNT(*) AS n \
         FROM delivery d JOIN conversation c ON c.id = d.conversation_id \
         WHERE c.widget_id = $1 AND d.created_at >= $2 AND d.created_at < $3 AND d.state IN ('FAILED', 'UNKNOWN') GROUP BY 1",
    ),
    (
        "cited",
        "SELECT '' AS word, COUNT(*) AS n FROM (SELECT DISTINCT m.id, v.document_id FROM message m, citation q, passage p, \
         document_version v WHERE q.message_id = m.id AND p.id = q.passage_id AND v.id = p.document_version_id \
         AND m.widget_id = $1 AND m.sent_at >= $2 AND m.sent_at < $3 AND m.duplicate_of IS NULL AND m.author = 'BOT') AS one",
    ),
];

/// What happened, by figure and word; what never did is not in it.
pub type Counted = BTreeMap<String, i64>;

/// What SQL gives of some widgets in a period.
pub async fn counted(hub: &Hub, widgets: &[WidgetId], period: Period) -> Counted {
    let db = hub.env.database.reader();
    let mut counts = Counted::new();
    for (figure, sql) in FIGURES {
        for widget in widgets {
            let values = [widget.0.into(), period.from.into(), period.until.into()];
            let counted = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
            for row in db.query_all_raw(counted).await.unwrap() {
                let word: String = row.try_get("", "word").unwrap();
                *counts.entry(format!("{figure} {word}")).or_default() +=
                    row.try_get::<i64>("", "n").unwrap();
            }
        }
    }
    counts.retain(|_, n| *n != 0);
    counts
}

/// The same as the figures tell it.
pub fn told(figures: &Figures) -> Counted {
    let counts = &figures.counts;
    let mut told: Vec<(String, i64)> = vec![
        ("message CUSTOMER".into(), counts.customer),
        ("message BOT".into(), counts.bot),
        ("message AGENT".into(), counts.agent),
        ("message BUSINESS_APP".into(), counts.business_app),
        ("opened ".into(), counts.conversations),
        ("closed bot".into(), counts.resolved_by_bot),
        ("closed people".into(), counts.closed - counts.resolved_by_bot),
        ("first response ".into(), figures.first_response.count()),
        ("handled ".into(), figures.handling.count()),
        ("unanswered ".into(), counts.unanswered),
        ("cited ".into(), figures.cited.total()),
    ];
    told.extend(counts.handed_over.each().map(|(reason, n)| (format!("handed over {}", reason.as_str()), n)));
    told.extend(counts.undelivered.each().map(|(fault, n)| (format!("undelivered {}", fault.as_str()), n)));
    let rated = |rated: Rated| match rated {
        Rated::Bot(Rating::Up) => "rated BOT UP",
        Rated::Bot(Rating::Down) => "rated BOT DOWN",
        Rated::Agent(Rating::Up) => "rated AGENT UP",
        Rated::Agent(Rating::Down) => "rated AGENT DOWN",
    };
    told.extend(counts.feedback.each().map(|(kind, n)| (rated(kind).to_owned(), n)));
    told.into_iter().filter(|(_, n)| *n != 0).collect()
}

/// In how many conversations of some widgets sessions were opened, and of how many contacts.
pub async fn unique(hub: &Hub, widgets: &[WidgetId], period: Period) -> (i64, i64) {
    let db = hub.env.database.reader();
    let places = (0..widgets.len()).map(|n| format!("${}", n + 3)).collect::<Vec<_>>().join(", ");
    let opened = "s.opened_at >= $1 AND s.opened_at < $2";
    let conversations = format!(
        "SELECT COUNT(*) AS n FROM conversation c WHERE c.widget_id IN ({places}) \
         AND EXISTS (SELECT 1 FROM session s WHERE s.conversation_id = c.id AND {opened})"
    );
    let contacts = format!(
        "SELECT COUNT(*) AS n FROM contact k WHERE EXISTS (SELECT 1 FROM session s, conversation c \
         WHERE c.id = s.conversation_id AND c.contact_id = k.id AND c.widget_id IN ({places}) AND {opened})"
    );
    let mut counts = [0; 2];
    for (count, sql) in counts.iter_mut().zip([conversations, contacts]) {
        let mut values: Vec<Value> = vec![period.from.into(), period.until.into()];
        values.extend(widgets.iter().map(|widget| Value::from(widget.0)));
        let counted = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        *count = db.query_one_raw(counted).await.unwrap().unwrap().try_get("", "n").unwrap();
    }
    (counts[0], counts[1])
}

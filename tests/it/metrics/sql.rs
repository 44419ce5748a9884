//! The plainest count that there is: SQL over messages, sessions and waits.

use domain::id::WidgetId;
use domain::metrics::{Figures, Period};
use sea_orm::{ConnectionTrait, Statement};
use tests::Hub;

const MESSAGES: &str = "SELECT COUNT(*) AS n FROM message WHERE widget_id = $1 AND sent_at >= $2 AND sent_at < $3 \
                        AND author <> 'SYSTEM' AND duplicate_of IS NULL";
const OPENED: &str = "SELECT COUNT(*) AS n FROM session s JOIN conversation c ON c.id = s.conversation_id \
                      WHERE c.widget_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3";
const CLOSED: &str = "SELECT COUNT(*) AS n FROM session s JOIN conversation c ON c.id = s.conversation_id \
                      WHERE c.widget_id = $1 AND s.closed_at >= $2 AND s.closed_at < $3";
const HANDED_OVER: &str = "SELECT COUNT(DISTINCT s.id) AS n FROM session s JOIN conversation c ON c.id = s.conversation_id \
                           JOIN human_wait h ON h.session_id = s.id \
                           WHERE c.widget_id = $1 AND s.opened_at >= $2 AND s.opened_at < $3";
const HANDLED: &str = "SELECT COUNT(*) AS n FROM human_wait h JOIN conversation c ON c.id = h.conversation_id \
                       WHERE c.widget_id = $1 AND h.ended_at >= $2 AND h.ended_at < $3";

/// What it gives of some widgets in a period, in the order of [`told`].
pub async fn counted(hub: &Hub, widgets: &[WidgetId], period: Period) -> [i64; 5] {
    let db = hub.env.database.reader();
    let mut counts = [0; 5];
    for (count, sql) in counts.iter_mut().zip([MESSAGES, OPENED, CLOSED, HANDED_OVER, HANDLED]) {
        for widget in widgets {
            let values = [widget.0.into(), period.from.into(), period.until.into()];
            let counted = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
            let row = db.query_one_raw(counted).await.unwrap().unwrap();
            *count += row.try_get::<i64>("", "n").unwrap();
        }
    }
    counts
}

/// The same as the figures tell it.
pub fn told(figures: &Figures) -> [i64; 5] {
    let counts = &figures.counts;
    [
        counts.messages(),
        counts.conversations,
        counts.closed,
        counts.handed_over.total(),
        figures.handling.count(),
    ]
}

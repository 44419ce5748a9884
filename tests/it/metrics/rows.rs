//! Everything that counts, as it lies in the tables, and the plain count of it: none of the product's code for figures.

use domain::Time;
use domain::conversation::WaitReason;
use domain::delivery::Fault;
use domain::feedback::Rating;
use domain::id::{DocumentId, WidgetId};
use domain::metrics::{Counts, Figures, Rated, Tally, Times};
use sea_orm::{ColumnTrait, QueryFilter};
use tests::Hub;
use uuid::Uuid;

#[derive(PartialEq)]
pub struct Rows {
    pub messages: Vec<entity::message::Model>,
    /// Each with its widget.
    pub sessions: Vec<(Uuid, entity::session::Model)>,
    /// Each with its widget, in the order of time.
    pub waits: Vec<(Uuid, entity::human_wait::Model)>,
    turns: Vec<(Uuid, entity::turn::Model)>,
    deliveries: Vec<(Uuid, entity::delivery::Model)>,
    /// The message and the document.
    citations: Vec<(Uuid, Uuid)>,
    ratings: Vec<entity::feedback::Model>,
}

/// What the figures must be.
#[derive(Debug, Default)]
pub struct Expected {
    pub counts: Counts,
    pub cited: Tally<DocumentId>,
    pub first_response: Vec<i64>,
    pub handling: Vec<i64>,
}

macro_rules! all {
    ($hub:expr, $($table:ident)::+) => {{
        let scope = $hub.scope();
        scope.find::<$($table)::+::Entity>().all(scope.reader()).await.unwrap()
    }};
}

impl Rows {
    pub async fn read(hub: &Hub) -> Self {
        let scope = hub.scope();
        let messages = scope.find::<entity::message::Entity>();
        let messages = messages.filter(entity::message::Column::DuplicateOf.is_null());
        let messages = messages.all(scope.reader()).await.unwrap();
        let conversations = all!(hub, entity::conversation);
        let of = |conversation: Uuid| {
            conversations.iter().find(|row| row.id == conversation).map(|row| row.widget_id).unwrap()
        };
        let mut waits = all!(hub, entity::human_wait);
        waits.sort_by_key(|wait| (wait.started_at, wait.id));
        let passages = all!(hub, entity::passage);
        let versions = all!(hub, entity::document_version);
        let document = |passage: Uuid| {
            let passage = passages.iter().find(|row| row.id == passage).unwrap();
            versions.iter().find(|row| row.id == passage.document_version_id).unwrap().document_id
        };
        let mut citations: Vec<_> = all!(hub, entity::citation)
            .into_iter()
            .map(|row| (row.message_id, document(row.passage_id)))
            .collect();
        citations.sort_unstable();
        citations.dedup();
        Self {
            messages,
            sessions: all!(hub, entity::session)
                .into_iter()
                .map(|row| (of(row.conversation_id), row))
                .collect(),
            waits: waits.into_iter().map(|row| (of(row.conversation_id), row)).collect(),
            turns: all!(hub, entity::turn).into_iter().map(|row| (of(row.conversation_id), row)).collect(),
            deliveries: all!(hub, entity::delivery)
                .into_iter()
                .map(|row| (of(row.conversation_id), row))
                .collect(),
            citations,
            ratings: all!(hub, entity::feedback),
        }
    }

    pub fn count(&self, widgets: &[WidgetId], fits: impl Fn(Time) -> bool) -> Expected {
        let mut expected = Expected::default();
        let ours = |widget: &Uuid| widgets.contains(&WidgetId(*widget));
        let counts = &mut expected.counts;
        for row in self.messages.iter().filter(|row| ours(&row.widget_id) && fits(row.sent_at)) {
            match row.author.as_str() {
                "CUSTOMER" => counts.customer += 1,
                "BOT" => counts.bot += 1,
                "AGENT" => counts.agent += 1,
                "BUSINESS_APP" => counts.business_app += 1,
                _ => {}
            }
            for rating in self.ratings.iter().filter(|rating| rating.message_id == row.id) {
                let said = if rating.rating == "UP" { Rating::Up } else { Rating::Down };
                let rated = if row.author == "BOT" { Rated::Bot(said) } else { Rated::Agent(said) };
                counts.feedback.add(rated, 1);
            }
            if row.author == "BOT" {
                let of_row = self.citations.iter().filter(|(message, _)| *message == row.id);
                of_row.for_each(|(_, document)| expected.cited.add(DocumentId(*document), 1));
            }
        }
        for (_, session) in self.sessions.iter().filter(|(widget, _)| ours(widget)) {
            let first = self.waits.iter().find(|(_, wait)| wait.session_id == session.id);
            if fits(session.opened_at) {
                counts.conversations += 1;
                if let Some((_, wait)) = first {
                    counts.handed_over.add(WaitReason::read(wait).unwrap(), 1);
                }
            }
            if session.closed_at.is_some_and(&fits) {
                counts.closed += 1;
                counts.resolved_by_bot += i64::from(first.is_none());
            }
        }
        for (_, turn) in self.turns.iter().filter(|(widget, _)| ours(widget)) {
            let unsure = turn.state == "HANDED_OVER" && turn.reason.as_deref() == Some("UNSURE");
            counts.unanswered += i64::from(unsure && turn.ended_at.is_some_and(&fits));
        }
        for (_, delivery) in
            self.deliveries.iter().filter(|(widget, row)| ours(widget) && fits(row.created_at))
        {
            if delivery.state == "FAILED" || delivery.state == "UNKNOWN" {
                counts.undelivered.add(fault(delivery), 1);
            }
        }
        for (_, wait) in self.waits.iter().filter(|(widget, _)| ours(widget)) {
            let took = |until: Time| (until - wait.started_at).num_seconds().max(0);
            let by_writing = wait.reason == "TAKEOVER" || wait.reason == "AGENT_MESSAGE";
            if fits(wait.started_at) && !by_writing {
                expected.first_response.extend(wait.first_reply_at.map(took));
            }
            expected.handling.extend(wait.ended_at.filter(|at| fits(*at)).map(took));
        }
        expected
    }
}

/// The codes that the test's Meta gives.
fn fault(delivery: &entity::delivery::Model) -> Fault {
    match (delivery.state.as_str(), delivery.error_code) {
        ("UNKNOWN", _) => Fault::Unknown,
        (_, Some(131_026)) => Fault::Recipient,
        (_, Some(131_047)) => Fault::WindowClosed,
        (_, Some(100)) => Fault::Payload,
        (_, Some(131_000)) => Fault::Transient,
        (_, None) if delivery.error_text.as_deref().unwrap_or_default().contains("WINDOW_CLOSED") => {
            Fault::WindowClosed
        }
        other => panic!("no code of this test: {other:?}"),
    }
}

impl Expected {
    pub fn is(&self, figures: &Figures, what: &str) {
        assert_eq!(figures.counts, self.counts, "{what}");
        assert_eq!(figures.cited, self.cited, "{what}");
        within_bounds(&figures.first_response, self.first_response.clone(), what);
        within_bounds(&figures.handling, self.handling.clone(), what);
    }
}

/// Every time that is told lies within 1 % of its rank.
fn within_bounds(times: &Times, mut all: Vec<i64>, what: &str) {
    all.sort_unstable();
    assert_eq!(times.count(), i64::try_from(all.len()).unwrap(), "{what}");
    for rank in [0.0, 0.1, 0.5, 0.9, 1.0] {
        let Some(seconds) = times.quantile(rank) else {
            assert!(all.is_empty(), "{what}: no time is told of {all:?}");
            continue;
        };
        let below = all.partition_point(|time| *time < seconds) as f64 / all.len() as f64;
        let through = all.partition_point(|time| *time <= seconds) as f64 / all.len() as f64;
        assert!(through > below, "{what}: nothing took {seconds} s");
        assert!(below - 0.01 <= rank && rank <= through + 0.01, "{what}: {rank} is {below} to {through}");
    }
}

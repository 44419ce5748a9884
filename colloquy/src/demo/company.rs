//! The invented tea house: its number, its three documents, its published bot.

use domain::document::{self, Kind, NewDocument, NewVersion};
use domain::widget::{self, Behavior, Connect};
use domain::{Actor, Env};
use simulator::Number;

use crate::Fault;

const DOCUMENTS: [(Kind, &str, &str); 3] = [
    (Kind::Company, "Company & brand", include_str!("documents/company.md")),
    (Kind::SupportPolicy, "Support policy & procedures", include_str!("documents/support.md")),
    (Kind::Faq, "FAQ", include_str!("documents/faq.md")),
];

pub async fn set_up(env: &Env, actor: &Actor, number: &Number) -> Result<(), Fault> {
    for (kind, title, text) in DOCUMENTS {
        let version = NewVersion { language: "mul".into(), text: text.into() };
        let (_, version, _) =
            document::create(env, actor, &NewDocument { kind, title: title.into(), version }).await?;
        document::activate(env, actor, version).await?;
    }
    let connect = Connect {
        name: "Shop phone".into(),
        company_display_name: "Willow Tea House".into(),
        phone_number_id: number.phone_number_id.clone(),
        waba_id: number.waba_id.clone(),
        access_token: number.access_token.clone(),
        meta_app: number.app.clone(),
    };
    let (widget, _) = widget::connect(env, actor, &connect).await?;
    // A shorter wait than the product's two seconds keeps the scene lively.
    let behavior = Behavior { gather_quiet_ms: Some(600), ..Behavior::default() };
    widget::update_behavior(env, actor, widget, &behavior).await?;
    widget::publish(env, actor, widget).await?;
    Ok(())
}

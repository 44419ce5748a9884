//! What changes of widgets answer.

use async_graphql::SimpleObject;

use super::WidgetUserError;
use crate::graphql::cursor::Cursor;
use crate::graphql::widget::{SetupProblem, Widget};

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* pub(super) $field: $type,)*
            /// Why it was refused; empty if it was done.
            pub(super) user_errors: Vec<WidgetUserError>,
            /// Where the change stands in the feed of events; null if nothing changed.
            pub(super) event_cursor: Option<Cursor>,
        }
    )*};
}

payloads! {
    /// What linking a number answers.
    WidgetConnectNumberPayload {
        /// The widget of the number; null if it was refused.
        widget: Option<Widget>,
    }

    /// What reconnecting a number answers.
    WidgetReconnectPayload {
        /// The widget as it is now.
        widget: Widget,
    }

    /// What publishing a widget answers.
    WidgetPublishPayload {
        /// The widget as it is now.
        widget: Widget,
        /// What keeps it from being published; empty if nothing does.
        setup_problems: Vec<SetupProblem>,
    }

    /// What taking a widget back to a draft answers.
    WidgetUnpublishPayload {
        /// The widget as it is now.
        widget: Widget,
        /// What would keep it from being published again; empty if nothing does.
        setup_problems: Vec<SetupProblem>,
    }

    /// What a change of a widget's names answers.
    WidgetUpdateAppearancePayload {
        /// The widget as it is now.
        widget: Widget,
    }

    /// What a change of a widget's behavior answers.
    WidgetUpdateBehaviorPayload {
        /// The widget as it is now.
        widget: Widget,
    }

    /// What a change of a widget's advanced settings answers.
    WidgetUpdateAdvancedPayload {
        /// The widget as it is now.
        widget: Widget,
    }
}

//! Where the files of GraphiQL come from: the program, or the public CDN with the hashes of the same files.

#[cfg(graphiql_embedded)]
mod source {
    const SCRIPT: &[u8] = include_bytes!("../../../graphiql/dist/graphiql.js");
    const STYLE: &[u8] = include_bytes!("../../../graphiql/dist/graphiql.css");

    /// Where the page's policy lets styles come from.
    pub const STYLE_SOURCE: &str = "'self'";

    /// The tags of the page's head.
    pub fn tags() -> String {
        let version = env!("GRAPHIQL_VERSION");
        format!(
            "<link rel=\"stylesheet\" href=\"/graphql/assets/graphiql.css?v={version}\">\n\
             <script nonce=\"{{{{nonce}}}}\" src=\"/graphql/assets/graphiql.js?v={version}\"></script>"
        )
    }

    /// Content type and content of a file.
    pub fn find(name: &str) -> Option<(&'static str, &'static [u8])> {
        match name {
            "graphiql.js" => Some(("text/javascript; charset=utf-8", SCRIPT)),
            "graphiql.css" => Some(("text/css; charset=utf-8", STYLE)),
            _ => None,
        }
    }
}

#[cfg(not(graphiql_embedded))]
mod source {
    /// Where the page's policy lets styles come from.
    pub const STYLE_SOURCE: &str = "https://unpkg.com";

    /// The tags of the page's head.
    pub fn tags() -> String {
        include_str!("../../../graphiql/cdn.html").to_owned()
    }

    /// Content type and content of a file: there are none.
    pub fn find(_: &str) -> Option<(&'static str, &'static [u8])> {
        None
    }
}

pub(super) use source::{STYLE_SOURCE, find, tags};

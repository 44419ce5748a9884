//! The parameters of a picture, as they stand in its address.

use axum::extract::Query;
use axum::http::Uri;

use super::draw::Look;
use super::theme::Theme;

/// In px.
const WIDTHS: std::ops::RangeInclusive<u32> = 320..=1600;
/// In px, if none is asked for.
const WIDTH: u32 = 800;

/// Which picture is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Whose figures, not yet read as an id; the workspace's if `None`.
    pub widget: Option<String>,
    /// How it looks.
    pub look: Look,
}

impl Asked {
    /// Reads `widget`, `width` (px) and `theme`, each of which may be left out.
    ///
    /// # Errors
    /// What is wrong and what to write instead, for people.
    pub fn read(uri: &Uri) -> Result<Self, String> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| "the parameters cannot be read: write them as ?name=value&name=value".to_owned())?;
        let (mut widget, mut width, mut theme) = (None, None, None);
        for (name, value) in pairs {
            let place = match name.as_str() {
                "widget" => &mut widget,
                "width" => &mut width,
                "theme" => &mut theme,
                other => {
                    return Err(format!("no parameter is called `{other}`: use widget, width and theme"));
                }
            };
            if place.replace(value).is_some() {
                return Err(format!("`{name}` is given twice: give it once"));
            }
        }
        let width = width.map_or(Ok(WIDTH), |text| read_width(&text))?;
        let theme = match theme.as_deref() {
            None | Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) => return Err("`theme` is light or dark".to_owned()),
        };
        Ok(Self { widget, look: Look { width, theme } })
    }
}

fn read_width(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|width| WIDTHS.contains(width)).ok_or_else(|| {
        format!("`width` is a whole number of pixels from {} to {}", WIDTHS.start(), WIDTHS.end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Asked, String> {
        Asked::read(&format!("/charts/recent.svg{query}").parse().unwrap())
    }

    #[test]
    fn parameters_may_be_left_out_but_not_be_wrong() {
        let usual = Asked { widget: None, look: Look { width: 800, theme: Theme::Light } };
        assert_eq!(read(""), Ok(usual));
        let all = Asked { widget: Some("widget_1".into()), look: Look { width: 320, theme: Theme::Dark } };
        assert_eq!(read("?theme=dark&width=320&widget=widget_1"), Ok(all));
        for (query, told) in [
            ("?width=319", "from 320 to 1600"),
            ("?width=1601", "from 320 to 1600"),
            ("?width=", "from 320 to 1600"),
            ("?width=-5", "from 320 to 1600"),
            ("?width=4e2", "from 320 to 1600"),
            ("?theme=Dark", "light or dark"),
            ("?theme=", "light or dark"),
            ("?with=800", "use widget, width and theme"),
            ("?width=800&width=800", "give it once"),
        ] {
            let error = read(query).unwrap_err();
            assert!(error.contains(told), "{query}: {error}");
        }
    }
}

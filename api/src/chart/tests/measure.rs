//! An SVG taken to pieces.

use roxmltree::{Document, Node};

/// A rectangle, in px.
#[derive(Debug, Clone, Copy)]
pub struct Bar {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Bar {
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn right(&self) -> f64 {
        self.x + self.width
    }
}

/// What is drawn of a day.
pub struct Drawn {
    pub date: String,
    /// From the bottom up.
    pub messages: Vec<Bar>,
    pub conversations: Option<Bar>,
}

impl Drawn {
    pub fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.messages.iter().chain(&self.conversations)
    }
}

/// A text, with the width that it has in a font of average width.
#[derive(Debug)]
pub struct Written {
    pub text: String,
    pub left: f64,
    pub right: f64,
    /// The base line.
    pub y: f64,
    pub size: f64,
}

pub struct Picture {
    pub width: f64,
    pub height: f64,
    pub title: String,
    pub description: String,
    pub days: Vec<Drawn>,
    pub texts: Vec<Written>,
}

impl Picture {
    /// Reads an SVG in which bars of conversations have the colour `conversations`.
    pub fn of(svg: &str, conversations: &str) -> Self {
        let document = Document::parse(svg).expect("an SVG is XML");
        let root = document.root_element();
        assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
        let named = |name: &str| {
            let found = root.children().find(|node| node.tag_name().name() == name);
            found.and_then(|node| node.text()).unwrap_or_default().trim().to_owned()
        };
        let days = root.children().filter_map(|node| Some((node.attribute("data-day")?, node)));
        let texts = root.descendants().filter(|node| node.tag_name().name() == "text");
        Self {
            width: number(root, "width"),
            height: number(root, "height"),
            title: named("title"),
            description: named("desc"),
            days: days.map(|(date, node)| drawn(date, node, conversations)).collect(),
            texts: texts.map(written).collect(),
        }
    }
}

fn drawn(date: &str, node: Node<'_, '_>, conversations: &str) -> Drawn {
    let bars = node.children().filter(|node| node.tag_name().name() == "rect");
    let bars = bars.map(|bar| (bar.attribute("fill").expect("a colour"), read(bar)));
    let (opened, messages): (Vec<_>, Vec<_>) = bars.partition(|(color, _)| *color == conversations);
    assert!(opened.len() <= 1);
    Drawn {
        date: date.to_owned(),
        messages: messages.into_iter().map(|(_, bar)| bar).collect(),
        conversations: opened.first().map(|(_, bar)| *bar),
    }
}

fn read(bar: Node<'_, '_>) -> Bar {
    Bar {
        x: number(bar, "x"),
        y: number(bar, "y"),
        width: number(bar, "width"),
        height: number(bar, "height"),
    }
}

fn written(node: Node<'_, '_>) -> Written {
    let text = node.text().unwrap_or_default().trim().to_owned();
    let (x, size) = (number(node, "x"), number(node, "font-size"));
    let width = f64::from(u32::try_from(text.chars().count()).unwrap()) * size * 0.55;
    let left = match node.attribute("text-anchor") {
        Some("end") => x - width,
        Some("middle") => x - width / 2.0,
        _ => x,
    };
    Written { text, left, right: left + width, y: number(node, "y"), size }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_else(|| panic!("{name} is missing: {node:?}"));
    text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}"))
}

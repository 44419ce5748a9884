//! An SVG of ours becomes a PNG, with a font that the program brings along.

use std::error::Error;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// The only fonts there are: the machine's are not looked at, so that a picture looks alike everywhere.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for font in [ttf_noto_sans::REGULAR, ttf_noto_sans::BOLD] {
        fonts.load_font_data(font.to_vec());
    }
    Arc::new(fonts)
});

/// The picture in its own size. This takes a processor for many milliseconds: not for a thread that serves others.
///
/// # Errors
/// For what is no SVG, or one without a size.
pub(super) fn encode(svg: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let options =
        Options { font_family: "Noto Sans".to_owned(), fontdb: FONTS.clone(), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("a picture without a size")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}

//! QR codes, drawn on the page.
use qrcodegen::{QrCode, QrCodeEcc};

/// The dark squares of a QR code as one path, with a border of four, and how wide that is.
pub(crate) fn of(text: &str) -> Option<(i32, String)> {
    const BORDER: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = all.filter(|(x, y)| code.get_module(*x, *y));
    let squares: Vec<String> = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + BORDER, y + BORDER)).collect();
    Some((code.size() + 2 * BORDER, squares.concat()))
}

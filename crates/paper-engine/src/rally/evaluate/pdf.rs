//! What a PDF holds: pages, images of pixels, fonts.

use lopdf::{Document, Object};

/// Returns the pages of a PDF.
pub(super) fn pages(bytes: &[u8]) -> Result<usize, String> {
    Ok(load(bytes)?.get_pages().len())
}

/// Returns the images of pixels in a PDF.
pub(super) fn pixel_images(bytes: &[u8]) -> Result<usize, String> {
    let document = load(bytes)?;
    Ok(document.objects.values().filter(|object| is(object, b"Subtype", b"Image")).count())
}

/// Returns the fonts of a PDF that it does not carry, and all of them.
pub(super) fn foreign_fonts(bytes: &[u8]) -> Result<(usize, usize), String> {
    let document = load(bytes)?;
    let fonts: Vec<&Object> =
        document.objects.values().filter(|object| is(object, b"Type", b"FontDescriptor")).collect();
    let carried = |font: &&Object| {
        let files = [&b"FontFile"[..], b"FontFile2", b"FontFile3"];
        font.as_dict().is_ok_and(|font| files.iter().any(|file| font.has(file)))
    };
    Ok((fonts.iter().filter(|font| !carried(font)).count(), fonts.len()))
}

fn load(bytes: &[u8]) -> Result<Document, String> {
    Document::load_mem(bytes).map_err(|error| format!("the PDF cannot be read: {error}"))
}

fn is(object: &Object, key: &[u8], value: &[u8]) -> bool {
    let dictionary = match object {
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(stream) => &stream.dict,
        _ => return false,
    };
    dictionary.get(key).and_then(Object::as_name).is_ok_and(|name| name == value)
}

//! Making a picture smaller in the browser, before it is sent.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, ImageBitmap};

/// The longest side that is sent, in pixels: the large size that the server makes.
const SIDE: u32 = 1_600;
/// A file below this size is sent as it is.
const SMALL: f64 = 400_000.0;

#[wasm_bindgen]
extern "C" {
    /// Old browsers have none, and some know no such option: both throw.
    #[wasm_bindgen(js_name = createImageBitmap, catch)]
    fn bitmap_of(file: &File, options: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

/// The picture upright, at most [`SIDE`] pixels long, as JPEG; the file itself where the browser can't, or
/// where it would only grow.
pub(crate) async fn shrunk(file: &File) -> Blob {
    if file.size() < SMALL {
        return file.clone().into();
    }
    match try_shrink(file).await {
        Ok(Some(smaller)) if smaller.size() < file.size() => smaller,
        _ => file.clone().into(),
    }
}

async fn try_shrink(file: &File) -> Result<Option<Blob>, JsValue> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"imageOrientation".into(), &"from-image".into())?;
    let bitmap: ImageBitmap = JsFuture::from(bitmap_of(file, &options)?).await?.unchecked_into();
    let (width, height) = fitted(bitmap.width(), bitmap.height());
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let Some(context) = canvas.get_context("2d")? else { return Ok(None) };
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(width), f64::from(height));
    // JPEG knows nothing that one can see through.
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)?;
    bitmap.close();
    let made = js_sys::Promise::new(&mut |done, _| {
        let failed = canvas.to_blob_with_type_and_encoder_options(
            &done,
            "image/jpeg",
            &JsValue::from_f64(0.85),
        );
        if failed.is_err() {
            // Resolving a promise can't fail.
            let _ = done.call0(&JsValue::NULL);
        }
    });
    Ok(JsFuture::from(made).await?.dyn_into().ok())
}

fn fitted(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= SIDE {
        return (width, height);
    }
    let scaled = |side: u32| (side.saturating_mul(SIDE) / longest).max(1);
    (scaled(width), scaled(height))
}

/// Calls `then` each time there is a connection again.
pub(crate) fn when_online(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(then);
    // It fails only for a function that is none.
    let _ = window().add_event_listener_with_callback("online", listener.as_ref().unchecked_ref());
    listener.forget();
}

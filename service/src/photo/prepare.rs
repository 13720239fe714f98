//! Making a picture anew: whatever came in, what goes out is upright, of a known size, and says nothing but
//! what is seen on it.

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    RgbImage,
};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// The largest file that is taken, in bytes.
pub const BYTES_MAX: usize = 20 << 20;
/// The longest side that is taken, in pixels.
pub const SIDE_MAX: u32 = 12_000;
/// The longest side of the large size, in pixels.
pub const LARGE: u32 = 1_600;
/// The longest side of the small size, in pixels.
pub const SMALL: u32 = 480;

/// What a decoder may hold at once: the largest picture that is taken, with four bytes a pixel.
const ALLOC_MAX: u64 = SIDE_MAX as u64 * SIDE_MAX as u64 * 4;
/// The most pixels of a picture whose decoder holds more than the picture itself ([`beside`]): telephones write
/// none as large.
const BESIDE_MAX: u64 = 50_000_000;
/// Qualities from 0 to 100 at which a photo shows no flaw on a phone.
const WEBP_QUALITY: f32 = 80.0;
const JPEG_QUALITY: u8 = 82;
/// Megabytes that all pictures may hold together while they are decoded; at most two are made at a time.
const MEGABYTES: u32 = (ALLOC_MAX >> 20) as u32 + 1;

/// Why a picture can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoProblem {
    /// No bytes came.
    #[error("no bytes")]
    Empty,
    /// More than [`BYTES_MAX`].
    #[error("too many bytes")]
    Bytes,
    /// HEIC, HEIF or AVIF, as some telephones keep their pictures.
    #[error("HEIC, HEIF or AVIF")]
    Heic,
    /// Neither JPEG nor PNG nor WebP.
    #[error("neither JPEG nor PNG nor WebP")]
    Format,
    /// A side longer than [`SIDE_MAX`], or more memory than such a picture needs.
    #[error("too many pixels")]
    Pixels,
    /// Cut off, or broken otherwise.
    #[error("broken")]
    Broken,
    /// One more than a matter or a post carries.
    #[error("at most {max}")]
    TooMany {
        /// The most.
        max: u64,
    },
}

/// A picture made anew, in two sizes and two formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Pixels of the large size.
    pub width: u32,
    /// Pixels of the large size.
    pub height: u32,
    /// The large size as WebP.
    pub large_modern: Vec<u8>,
    /// The large size as JPEG.
    pub large_jpeg: Vec<u8>,
    /// The small size as WebP.
    pub small_modern: Vec<u8>,
    /// The small size as JPEG.
    pub small_jpeg: Vec<u8>,
}

/// Makes pictures anew off the async threads; large ones wait for each other, so that they never hold more
/// memory together than the largest one that is taken.
#[derive(Debug, Clone)]
pub struct Painter(Arc<Semaphore>);

impl Default for Painter {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MEGABYTES as usize)))
    }
}

impl Painter {
    /// [`prepare`] in a thread of its own, when it is its turn.
    ///
    /// # Errors
    /// [`Error::Broken`] when the thread fails; inside, why the picture can't be taken.
    pub async fn prepare(&self, bytes: Vec<u8>) -> Result<Result<Prepared, PhotoProblem>> {
        let weight = match weight(&bytes) {
            Ok(weight) => weight,
            Err(problem) => return Ok(Err(problem)),
        };
        let permits = Arc::clone(&self.0).acquire_many_owned(weight).await.map_err(broken)?;
        let work = tokio::task::spawn_blocking(move || {
            let made = prepare(&bytes);
            drop(permits);
            made
        });
        work.await.map_err(broken)
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("making a picture anew: {error}"))
}

/// The share of [`MEGABYTES`] that a picture takes: half of it at least.
fn weight(bytes: &[u8]) -> Result<u32, PhotoProblem> {
    let (decoder, beside) = decoder(bytes)?;
    let needed = decoder.total_bytes().saturating_add(beside) >> 20;
    Ok(u32::try_from(needed + 1).unwrap_or(MEGABYTES).clamp(MEGABYTES / 2, MEGABYTES))
}

/// The bytes that a decoder holds of each pixel besides the picture, and that no limit of its own knows of: WebP a
/// second picture of four bytes, a progressive JPEG two bytes for each coefficient of up to four colours.
fn beside(format: ImageFormat, bytes: &[u8]) -> u64 {
    match format {
        ImageFormat::WebP => 4,
        ImageFormat::Jpeg if is_progressive(bytes) => 8,
        _ => 0,
    }
}

/// Makes a picture anew. It takes up to some seconds and much memory: call [`Painter::prepare`] instead where
/// others wait.
///
/// # Errors
/// [`PhotoProblem`].
pub fn prepare(bytes: &[u8]) -> Result<Prepared, PhotoProblem> {
    let (mut decoder, _) = decoder(bytes)?;
    // A note about the orientation that can't be read is no reason to refuse a picture.
    let turn = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    if longest(&picture) > 2 * LARGE {
        // Averages, quick and in whole numbers; the finer filter does the rest.
        picture = picture.thumbnail(2 * LARGE, 2 * LARGE);
    }
    if let Some(turn) = turn {
        picture.apply_orientation(turn);
    }
    let large = on_white(&fitted(picture, LARGE));
    let small = fitted(DynamicImage::ImageRgb8(large.clone()), SMALL).into_rgb8();
    Ok(Prepared {
        width: large.width(),
        height: large.height(),
        large_modern: webp(&large)?,
        large_jpeg: jpeg(&large)?,
        small_modern: webp(&small)?,
        small_jpeg: jpeg(&small)?,
    })
}

/// Reads no more than the head: size and format are judged before a pixel is decoded. With the bytes that the
/// decoder will hold besides the picture.
fn decoder(bytes: &[u8]) -> Result<(impl ImageDecoder + '_, u64), PhotoProblem> {
    match bytes.len() {
        0 => return Err(PhotoProblem::Empty),
        len if len > BYTES_MAX => return Err(PhotoProblem::Bytes),
        _ if is_heic(bytes) => return Err(PhotoProblem::Heic),
        _ => {}
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => format,
        _ => return Err(PhotoProblem::Format),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(problem)?;
    let (width, height) = decoder.dimensions();
    if width > SIDE_MAX || height > SIDE_MAX || decoder.total_bytes() > ALLOC_MAX {
        return Err(PhotoProblem::Pixels);
    }
    let pixels = u64::from(width) * u64::from(height);
    let beside = beside(format, bytes);
    if beside > 0 && pixels > BESIDE_MAX {
        return Err(PhotoProblem::Pixels);
    }
    if width == 0 || height == 0 {
        return Err(PhotoProblem::Broken);
    }
    decoder.set_limits(limits).map_err(problem)?;
    Ok((decoder, pixels * beside))
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn problem(error: ImageError) -> PhotoProblem {
    match error {
        ImageError::Limits(_) => PhotoProblem::Pixels,
        ImageError::Unsupported(_) => PhotoProblem::Format,
        _ => PhotoProblem::Broken,
    }
}

/// ISO/IEC 23008-12 and AVIF: a box `ftyp` with one of these as its brand.
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 12] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
        b"avif", b"avis",
    ];
    bytes.get(4..8) == Some(b"ftyp")
        && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// Whether a JPEG's frame is a progressive one (ITU-T T.81, B.2.2: marker SOF2, SOF6, SOF10 or SOF14).
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xFF, marker]) = bytes.get(at..at + 2).map(|two| [two[0], two[1]]) {
        match marker {
            0xC2 | 0xC6 | 0xCA | 0xCE => return true,
            0xC0 | 0xC1 | 0xC3 | 0xDA => return false,
            // Filling bytes before a marker, and markers that stand alone.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => {
                let Some(length) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
    false
}

fn longest(picture: &DynamicImage) -> u32 {
    picture.width().max(picture.height())
}

/// No longer than `side`; a smaller one stays as it is.
fn fitted(picture: DynamicImage, side: u32) -> DynamicImage {
    if longest(&picture) <= side {
        return picture;
    }
    picture.resize(side, side, FilterType::CatmullRom)
}

/// JPEG knows nothing that one can see through: it lies on white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [r, g, b, alpha] = seen.get_pixel(x, y).0;
        let over = |c: u8| {
            let mixed = u32::from(c) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn webp(picture: &RgbImage) -> Result<Vec<u8>, PhotoProblem> {
    let encoder = webp::Encoder::from_rgb(picture, picture.width(), picture.height());
    let made = encoder.encode_simple(false, WEBP_QUALITY).map_err(|_| PhotoProblem::Broken)?;
    Ok(made.to_vec())
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, PhotoProblem> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY)
        .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .map_err(problem)?;
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The head of a lossless WebP without alpha (RFC 9649, 3.4): no decoder reads further before it is asked to.
    fn webp_head(width: u32, height: u32) -> Vec<u8> {
        let sides = (width - 1) | ((height - 1) << 14);
        let mut data = vec![0x2F];
        data.extend(sides.to_le_bytes());
        data.push(0);
        let mut file = b"RIFF".to_vec();
        file.extend(18_u32.to_le_bytes());
        file.extend(b"WEBPVP8L");
        file.extend(5_u32.to_le_bytes());
        file.extend(data);
        file
    }

    #[test]
    fn what_a_decoder_holds_besides_the_picture_is_weighed() {
        let pixels =
            |width: u64, height: u64, each: u64| u32::try_from((width * height * each) >> 20);
        // A thousand bytes can be a picture of any size.
        let weight_of = |width, height| weight(&webp_head(width, height));
        assert_eq!(weight_of(100, 100).unwrap(), MEGABYTES / 2);
        assert!(weight_of(8_000, 6_000).unwrap() >= pixels(8_000, 6_000, 3 + 4).unwrap());
        assert_eq!(weight_of(12_000, 12_000).unwrap_err(), PhotoProblem::Pixels);
        assert_eq!(weight_of(8_000, 7_000).unwrap_err(), PhotoProblem::Pixels);
        // The heaviest that is taken fits.
        for (format, channels, bytes) in
            [(ImageFormat::WebP, 4, &b""[..]), (ImageFormat::Jpeg, 3, b"\xFF\xD8\xFF\xC2")]
        {
            let each = channels + beside(format, bytes);
            assert!(each > channels, "{format:?}");
            assert!(BESIDE_MAX * each <= u64::from(MEGABYTES) << 20, "{format:?}");
        }
    }
}

//! The smallest picture, and forms that carry files.

use super::{Call, TestApp};

const BOUNDARY: &str = "courtyard";

/// A PNG of one pixel.
pub fn png(shade: u8) -> Vec<u8> {
    let raw = [0, shade, shade, shade];
    // Stored, not compressed (RFC 1950 and 1951).
    let mut data = vec![0x78, 0x01, 0x01, 4, 0, 0xFB, 0xFF];
    data.extend(raw);
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    data.extend(((b << 16) | a).to_be_bytes());
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [
        (b"IHDR", vec![0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
        (b"IDAT", data),
        (b"IEND", Vec::new()),
    ] {
        png.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        let chunk = [&kind[..], &body].concat();
        png.extend(&chunk);
        png.extend(crc(&chunk).to_be_bytes());
    }
    png
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// The header of a form that carries files.
pub fn kind() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// POST of a form that carries files.
pub fn multipart<'a>(
    app: &'a TestApp,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> Call<'a> {
    let mut body = Vec::new();
    let start = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=");
    for (name, value) in fields {
        body.extend(format!("{start}\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, file) in files {
        let head = format!("{start}\"{name}\"; filename=\"a.jpg\"\r\n");
        body.extend(format!("{head}Content-Type: image/jpeg\r\n\r\n").into_bytes());
        body.extend(*file);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    app.post(path).header("content-type", &kind()).body(body)
}

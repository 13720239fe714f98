// Pictures as a phone takes them, made by the browser itself.

/// A file for `setInputFiles`: one colour, 640 × 480.
export async function picture(page, name, colour) {
  const data = await page.evaluate((colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 640, 480);
    return canvas.toDataURL("image/jpeg").split(",")[1];
  }, colour);
  return { name, mimeType: "image/jpeg", buffer: Buffer.from(data, "base64") };
}

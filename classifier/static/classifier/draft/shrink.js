// Makes a photo smaller before it is sent, where the site asks for it: less to send over a slow line.

const QUALITY = 0.92;

// Returns the photo as an upright JPEG whose long side is `longest`, or the file itself: when it is
// not longer, when it would not be smaller, or when this browser cannot read it (HEIC in most).
export async function shrunk(file, longest) {
  if (!longest) return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = longest / Math.max(picture.width, picture.height);
  const small = scale < 1 ? await asJpeg(picture, scale) : null;
  picture.close();
  return small && small.size < file.size ? small : file;
}

function asJpeg(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  if (!context) return null; // no memory for it
  context.imageSmoothingQuality = "high";
  context.fillStyle = "white"; // behind what is transparent, as the site does
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

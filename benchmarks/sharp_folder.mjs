// node sharp_folder.mjs NODE_HOME OUT LIMIT CORES FILE...: scaled to 944 px and fitted, as a person
// who knows sharp would write it: one decode and resize a photo, then a bisection over quality.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const [, , home, out, limit, cores, ...files] = process.argv;
const sharp = createRequire(path.join(home, "package.json"))("sharp");
sharp.concurrency(1);
sharp.cache(false);

async function fitted(file) {
  const { data, info } = await sharp(file)
    .rotate()
    .resize(944, 944, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  let low = 1, high = 100, best = null;
  while (low <= high) {
    const quality = (low + high) >> 1;
    const jpeg = await sharp(data, raw).jpeg({ quality, progressive: true }).toBuffer();
    if (jpeg.length <= Number(limit)) { best = jpeg; low = quality + 1; } else { high = quality - 1; }
  }
  fs.writeFileSync(path.join(out, `${path.basename(file)}.jpg`), best);
}

let next = 0;
const workers = Array.from({ length: Number(cores) }, async () => {
  while (next < files.length) await fitted(files[next++]);
});
await Promise.all(workers);

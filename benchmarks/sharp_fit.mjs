// node sharp_fit.mjs NODE_HOME LIMIT < picture.png > picture.jpg: the best quality within the limit.
import { createRequire } from "node:module";
import path from "node:path";

const [, , home, limit] = process.argv;
const sharp = createRequire(path.join(home, "package.json"))("sharp");
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { data, info } = await sharp(Buffer.concat(chunks)).raw().toBuffer({ resolveWithObject: true });
const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
let low = 1, high = 100, best = Buffer.alloc(0);
while (low <= high) {
  const quality = (low + high) >> 1;
  const jpeg = await sharp(data, raw).jpeg({ quality, mozjpeg: true }).toBuffer();
  if (jpeg.length <= Number(limit)) { best = jpeg; low = quality + 1; } else { high = quality - 1; }
}
process.stdout.write(best);

// A zip archive, packed by the browser, with CRC-32 and fixed dates so that the same input gives the same bytes.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const DATE = 0x5a21; // 2025-01-01
const UTF8 = 0x0800;

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/**
 * @param {{name: string, data: Uint8Array}[]} files
 * @returns {Promise<Blob>}
 */
export async function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, data } of files) {
    const packed = await deflateRaw(data);
    const method = packed && packed.length < data.length ? 8 : 0;
    const body = method ? packed : data;
    const title = new TextEncoder().encode(name);
    const about = [20, UTF8, method, 0, DATE];
    const sizes = [crc32(data), body.length, data.length];
    const local = record(0x04034b50, about, sizes, [title.length, 0], []);
    parts.push(local, title, body);
    directory.push(record(0x02014b50, [20, ...about], sizes, [title.length, 0, 0, 0, 0], [0, offset]), title);
    offset += local.length + title.length + body.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, new Uint8Array(end.buffer)]);
}

function record(signature, shorts, longs, lengths, tail) {
  const view = new DataView(new ArrayBuffer(4 + shorts.length * 2 + longs.length * 4 + lengths.length * 2 + tail.length * 4));
  let at = 0;
  const put = (bits, value) => {
    if (bits === 16) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bits / 8;
  };
  put(32, signature);
  for (const v of shorts) put(16, v);
  for (const v of longs) put(32, v);
  for (const v of lengths) put(16, v);
  for (const v of tail) put(32, v);
  return new Uint8Array(view.buffer);
}

async function deflateRaw(data) {
  if (typeof CompressionStream !== "function") return null;
  try {
    const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return null; // Chrome before 103 knows no raw streams: the file is stored as it is
  }
}

// What the page asks of the desk. Every change carries a header that no other page can send.

/** What the desk answered instead of doing something, in both languages. */
export class Refused extends Error {
  /** @param {{zh: string, en: string}} said */
  constructor(said) {
    super(said.en);
    this.said = said;
  }
}

const GONE = { zh: "工作台已结束，请重新打开。", en: "The desk has ended: open it again." };

/**
 * Read something.
 * @param {string} path
 * @returns {Promise<any>}
 */
export function get(path) {
  return answer(() => fetch(path, { headers: { "X-Desk": "1" } }));
}

/**
 * Have something done.
 * @param {string} path
 * @param {object} [said]
 * @returns {Promise<any>}
 */
export function post(path, said) {
  return answer(() => fetch(path, { method: "POST", headers: { "X-Desk": "1", "Content-Type": "application/json" }, body: JSON.stringify(said || {}) }));
}

/**
 * Hand a file over.
 * @param {string} path
 * @param {Blob} file
 * @returns {Promise<any>}
 */
export function send(path, file) {
  return answer(() => fetch(path, { method: "POST", headers: { "X-Desk": "1", "Content-Type": "application/octet-stream" }, body: file }));
}

async function answer(ask) {
  let response;
  try {
    response = await ask();
  } catch {
    throw new Refused(GONE);
  }
  const body = await response.json().catch(() => null);
  if (response.ok) return body;
  throw new Refused(body && body.zh ? body : GONE);
}

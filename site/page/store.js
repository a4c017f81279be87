/**
 * Fetch the parts of Python, prove that they are whole, and keep them in this browser.
 */

const KEPT = "lstm-course-parts"

/** Fetching failed, in one sentence for the reader. */
export class FetchError extends Error {}

/** The cache of this browser; undefined where there is none (plain http, private windows). */
async function cache() {
  try {
    return await globalThis.caches?.open(KEPT)
  } catch {
    return undefined
  }
}

/**
 * Which of some parts are kept here.
 * @param {URL[]} urls
 * @returns {Promise<boolean[]>}
 */
export async function kept(urls) {
  const store = await cache()
  return Promise.all(urls.map(async (url) => Boolean(await store?.match(url))))
}

/** Forget what is kept, but for these. */
export async function keepOnly(urls) {
  const store = await cache()
  const wanted = new Set(urls.map(String))
  for (const request of (await store?.keys()) ?? []) {
    if (!wanted.has(request.url)) await store.delete(request)
  }
}

/**
 * Return the bytes of a part.
 * @param {URL} url
 * @param {{bytes: number, sha256: string}} expected
 * @param {(count: number) => void} arrived called with the number of bytes that came
 * @param {(sentence: string) => void} notice told if it cannot be kept here
 * @throws {FetchError} it does not come, or not whole
 */
export async function fetchPart(url, expected, arrived, notice) {
  const store = await cache()
  const old = await store?.match(url)
  if (old) {
    const bytes = new Uint8Array(await old.arrayBuffer())
    if (await isWhole(bytes, expected)) {
      arrived(bytes.length)
      return bytes
    }
    await store.delete(url)
  }
  const bytes = await download(url, expected, arrived)
  if (!(await isWhole(bytes, expected))) {
    throw new FetchError(`${nameOf(url)} arrived damaged. Nothing of it was kept: try again.`)
  }
  try {
    await store?.put(url, new Response(bytes))
  } catch {
    notice("This browser's storage is full: Python runs, but is fetched again next time.")
  }
  return bytes
}

async function download(url, expected, arrived) {
  let response
  try {
    response = await fetch(url, { cache: "no-cache" }) // asks whether what it has is still right
  } catch {
    throw new FetchError("The server does not answer. Check the connection, and try again.")
  }
  if (!response.ok) {
    throw new FetchError(
      `${nameOf(url)} is not on the server (${response.status}). If a second try fails, ` +
      "reload the page: the course may have been renewed.",
    )
  }
  const bytes = new Uint8Array(expected.bytes)
  let count = 0
  try {
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read()
      if (done) break
      if (count + value.length > bytes.length) return new Uint8Array()
      bytes.set(value, count)
      count += value.length
      arrived(value.length)
    }
  } catch {
    throw new FetchError(
      `The connection was lost after ${megabytes(count)} of ${megabytes(bytes.length)} MB of ` +
      `${nameOf(url)}. Try again: the parts that came whole are kept.`,
    )
  }
  return bytes.subarray(0, count)
}

async function isWhole(bytes, { bytes: size, sha256 }) {
  if (bytes.length !== size) return false
  if (!globalThis.crypto?.subtle) return true // over plain http there is no more to be had
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256
}

const nameOf = (url) => new URL(url).pathname.split("/").at(-1)
const megabytes = (bytes) => (bytes / 1e6).toFixed(1)

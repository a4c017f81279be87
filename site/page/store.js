/**
 * Fetch the parts of Python, prove that they are whole, and keep them in this browser.
 */
import { megabytes } from "./dom.js"

const KEPT = "lstm-course-parts"

/** Fetching failed, in one sentence for the reader. */
export class FetchError extends Error {}

/** Let `use` have this browser's cache; undefined if there is none, or it fails. */
async function withCache(use) {
  try {
    return await use(await caches.open(KEPT))
  } catch {
    return undefined // plain http, private windows, a cache that is broken
  }
}

const match = (url) => withCache((store) => store.match(url))

/**
 * Which of some parts are kept here.
 * @param {URL[]} urls
 * @returns {Promise<boolean[]>}
 */
export function kept(urls) {
  return Promise.all(urls.map(async (url) => Boolean(await match(url))))
}

/** Forget what is kept of a folder, but for some: other courses may have the same server. */
export function keepOnly(folder, urls) {
  const wanted = new Set(urls.map(String))
  return withCache(async (store) => {
    for (const request of await store.keys()) {
      const isOurs = request.url.startsWith(folder)
      if (isOurs && !wanted.has(request.url)) await store.delete(request)
    }
  })
}

/**
 * Return the list of parts.
 * @param {URL} url
 * @throws {FetchError} it does not come
 */
export async function fetchList(url) {
  const response = await ask(url)
  const list = await response.json().catch(() => undefined)
  if (!list?.parts) {
    throw new FetchError(
      "In place of the list of Python's parts came something else. Does this network want a login?",
    )
  }
  return list
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
  const old = await withCache(async (store) => (await store.match(url))?.arrayBuffer())
  if (old && (await isWhole(new Uint8Array(old), expected))) {
    arrived(old.byteLength)
    return new Uint8Array(old)
  }
  const bytes = await download(url, expected, arrived)
  if (!(await isWhole(bytes, expected))) {
    throw new FetchError(`${nameOf(url)} arrived damaged. Nothing of it was kept: try again.`)
  }
  try {
    await (await caches.open(KEPT)).put(url, new Response(bytes))
  } catch {
    notice("This browser keeps no copy of Python: it runs, but is fetched again next time.")
  }
  return bytes
}

async function ask(url) {
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
  return response
}

async function download(url, expected, arrived) {
  const response = await ask(url)
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
      `The connection was lost after ${megabytes(count)} of ${megabytes(bytes.length)} of ` +
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

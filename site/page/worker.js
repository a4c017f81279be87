/**
 * Python in a worker: CPython for WebAssembly, its files in memory, its system calls by
 * browser_wasi_shim. Messages in: boot, add, run. Messages out: booted, added, output,
 * record, ended, fatal.
 */
import {
  decompress, Directory, Fd, File, Inode, OpenFile, PreopenDirectory, WASI, wasi as defs,
} from "./vendor/wasi.js"

const LIBRARY = "/usr/local/lib"
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn
const encoder = new TextEncoder()

/** An output that only this page reads: whole lines are handed on. */
class Lines extends Fd {
  constructor(hand) {
    super()
    this.hand = hand
    this.decoder = new TextDecoder()
    this.rest = ""
  }

  fd_fdstat_get() {
    return { ret: 0, fdstat: new defs.Fdstat(defs.FILETYPE_REGULAR_FILE, 0) }
  }

  fd_filestat_get() {
    return { ret: 0, filestat: new defs.Filestat(0n, defs.FILETYPE_REGULAR_FILE, 0n) }
  }

  fd_write(data) {
    this.rest += this.decoder.decode(data, { stream: true })
    const lines = this.rest.split("\n")
    this.rest = lines.pop()
    lines.forEach((line) => this.hand(line))
    return { ret: 0, nwritten: data.byteLength }
  }
}

/** The file behind which `Lines` are read. */
class Channel extends Inode {
  constructor(hand) {
    super()
    this.lines = new Lines(hand)
  }

  path_open() {
    return { ret: 0, fd_obj: this.lines }
  }

  stat() {
    return new defs.Filestat(0n, defs.FILETYPE_REGULAR_FILE, 0n)
  }
}

// This interpreter has read its library's list of files before the library was cut down.
const FIRST = `import sys
for finder in sys.path_importer_cache.values():
    if hasattr(finder, "invalidate_caches"):
        finder.invalidate_caches()
sys.path.insert(0, "/kernel")`
const KERNEL = `__import__("kernel")`

let python // the instance's exports
let ended // how the cell that runs has ended, as the kernel said
const io = new Map() // what the kernel and the page say to each other
const library = new Map()
const folders = { course: new Map(), kernel: new Map(), "mpl-data": new Map(), cache: new Map() }

function toKernel(name, content) {
  io.set(name, new File(encoder.encode(content)))
}

function fromKernel(line) {
  const message = JSON.parse(line)
  if (message.status) ended = message
  else postMessage({ output: message })
}

/** Put the files of a zip into the folders. Its entries are stored, not deflated. */
function unpack(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  let end = zip.byteLength - 22
  while (view.getUint32(end, true) !== 0x06054b50) end--
  let at = view.getUint32(end + 16, true)
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    const [size, nameSize, extra, comment] =
      [view.getUint32(at + 20, true), ...[28, 30, 32].map((n) => view.getUint16(at + n, true))]
    const local = view.getUint32(at + 42, true)
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const name = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameSize))
    const [root, ...path] = name.split("/")
    const last = path.pop()
    let folder = folders[root]
    for (const step of path) {
      if (!folder.has(step)) folder.set(step, new Directory(new Map()))
      folder = folder.get(step).contents
    }
    folder.set(last, new File(zip.slice(start, start + size)))
    at += 46 + nameSize + extra + comment
  }
}

async function boot({ module, parts, record, brought_by }) {
  library.set("python315.zip", new File(decompress(parts.library)))
  unpack(decompress(parts.course))
  io.set("channel", new Channel(fromKernel))
  toKernel("progress.jsonl", record)
  const console_ = () => new Lines((line) => console.debug(line))
  const host = new WASI(
    ["python", "-"],
    ["HOME=/scratch", "TMPDIR=/scratch", "PYTHONTZPATH="],
    [
      new OpenFile(new File([])), console_(), console_(),
      new PreopenDirectory(LIBRARY, library),
      new PreopenDirectory(`${LIBRARY}/python315.zip/matplotlib/mpl-data`, folders["mpl-data"]),
      new PreopenDirectory("/course", folders.course),
      new PreopenDirectory("/kernel", folders.kernel),
      new PreopenDirectory("/cache", folders.cache),
      new PreopenDirectory("/io", io),
      new PreopenDirectory("/scratch", new Map()),
    ],
    { debug: false },
  )
  const calls = host.wasiImport
  const status = calls.fd_fdstat_get
  calls.fd_fdstat_get = (fd, at) => {
    const code = status(fd, at)
    if (code === 0) { // files may be written: matplotlib asks
      const view = new DataView(host.inst.exports.memory.buffer)
      view.setBigUint64(at + 8, ALL_RIGHTS, true)
      view.setBigUint64(at + 16, ALL_RIGHTS, true)
    }
    return code
  }
  calls.sched_yield = () => 0
  calls.poll_oneoff = (subscription, event, count) => sleep(host, subscription, event, count)
  const imports = { wasi_snapshot_preview1: calls, host: { call: () => -1 } }
  module ??= await WebAssembly.compile(decompress(parts.python))
  const instance = await WebAssembly.instantiate(module, imports)
  host.initialize(instance)
  python = instance.exports
  turn(FIRST)
  turn(`${KERNEL}.start(${literal(brought_by)})`)
  postMessage({ booted: module })
}

/** Wait until a time on the clock: there is nothing else to wait for. */
function sleep(host, subscription, event, count) {
  const view = new DataView(host.inst.exports.memory.buffer)
  if (count !== 1 || view.getUint8(subscription + 8) !== defs.EVENTTYPE_CLOCK) {
    return defs.ERRNO_NOTSUP
  }
  const monotonic = view.getUint32(subscription + 16, true) === defs.CLOCKID_MONOTONIC
  const now = () => (monotonic ? performance.now() : Date.now())
  const absolute = view.getUint16(subscription + 40, true) & 1
  const end = Number(view.getBigUint64(subscription + 24, true)) / 1e6 + (absolute ? 0 : now())
  while (now() < end);
  view.setBigUint64(event, view.getBigUint64(subscription, true), true) // whose event it is
  view.setUint16(event + 8, defs.ERRNO_SUCCESS, true)
  view.setUint8(event + 10, defs.EVENTTYPE_CLOCK)
  return defs.ERRNO_SUCCESS
}

/** A Python literal of plain data. */
function literal(data) {
  return `__import__("json").loads(${JSON.stringify(JSON.stringify(data))})`
}

/** Let Python run statements of ours. */
function turn(code) {
  const bytes = encoder.encode(code)
  const at = python.host_alloc(bytes.length) >>> 0
  new Uint8Array(python.memory.buffer).set(bytes, at)
  if (python.turn(at, bytes.length) !== 0) throw new Error("what runs the cells has failed")
}

const tasks = {
  boot,
  add({ name, packed, mount }) {
    const content = decompress(packed)
    if (mount === "library") {
      library.set(`${name}.zip`, new File(content))
      turn(`${KERNEL}.part_came("${LIBRARY}/${name}.zip")`)
    } else {
      unpack(content)
      turn(`${KERNEL}.part_came()`)
    }
    postMessage({ added: name })
  },
  run({ code, name }) {
    const before = io.get("progress.jsonl")?.size
    toKernel("cell.json", JSON.stringify({ code, name }))
    ended = undefined
    turn(`${KERNEL}.run_cell()`)
    const record = io.get("progress.jsonl")
    if (record?.size !== before) {
      postMessage({ record: new TextDecoder().decode(record?.data ?? new Uint8Array()) })
    }
    postMessage({ ended })
  },
}

onmessage = async ({ data: { task, ...rest } }) => {
  try {
    await tasks[task](rest)
  } catch (error) {
    postMessage({ fatal: String(error?.message ?? error) })
  }
}

// What the worker needs besides Python: the system calls of WASI, and the unpacking of zstd.
export * from "@bjorn3/browser_wasi_shim"
export { decompress } from "fzstd"

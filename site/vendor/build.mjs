// Makes codemirror.js, wasi.js and LICENSES.txt of the packages that package-lock.json pins:
// npm ci && npm run build
import { readFileSync, readdirSync, writeFileSync } from "node:fs"
import { build } from "esbuild"

const licences = new Map()

/** The packages a bundle was made of, as [name, package.json], in order of their names. */
function packagesIn(inputs) {
  const names = Object.keys(inputs).map(
    (path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1],
  )
  return [...new Set(names)]
    .filter(Boolean)
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"))])
}

function licenceTexts(name) {
  const files = readdirSync(`node_modules/${name}`)
    .filter((file) => /^licen[cs]e/i.test(file))
    .sort()
  return files
    .map((file) => readFileSync(`node_modules/${name}/${file}`, "utf8").trim())
    .join("\n\n")
}

for (const bundle of ["codemirror", "wasi"]) {
  const {
    outputFiles: [script],
    metafile,
  } = await build({
    entryPoints: [`${bundle}.entry.js`],
    outfile: `${bundle}.js`,
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    metafile: true,
    minify: true,
    target: "es2022",
    write: false,
  })
  const packages = packagesIn(metafile.inputs)
  const lines = packages.map(([name, { version, license }]) => ` * ${name} ${version}, ${license}`)
  const banner = `/* Made by build.mjs; the licences are in LICENSES.txt.\n${lines.join("\n")}\n */\n`
  writeFileSync(`${bundle}.js`, banner + script.text)
  for (const [name, { version, license }] of packages) {
    licences.set(`${name} ${version} (${license})`, licenceTexts(name))
  }
}

const sections = [...licences]
  .sort()
  .map(([title, text]) => `${title}\n${"=".repeat(title.length)}\n\n${text}\n`)
writeFileSync("LICENSES.txt", sections.join("\n\n"))

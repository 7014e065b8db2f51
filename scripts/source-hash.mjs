// @ts-check
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

const IS_TEST = /\.test(-d|-util)?\.(ts|tsx|mjs)$/

/**
 * The files of `source`, which may be a file, a folder or absent, in a stable order. Tests are left out.
 * @param {string} root
 * @param {string} source relative to `root`
 * @returns {Promise<string[]>}
 */
async function listFiles(root, source) {
  const absolute = path.join(root, source)
  if (!existsSync(absolute)) return []
  if (!(await stat(absolute)).isDirectory()) return [source]
  const entries = await readdir(absolute, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !IS_TEST.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort()
}

/**
 * One hash over the names and contents of all files of `sources`: equal when a build of them would be.
 * @param {string} root
 * @param {readonly string[]} sources files and folders relative to `root`
 * @returns {Promise<string>}
 */
export async function hashSources(root, sources) {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of await listFiles(root, source)) {
      const content = await readFile(path.join(root, file))
      hash.update(`${file}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex')
}

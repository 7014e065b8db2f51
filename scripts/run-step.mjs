// @ts-check
import { spawn } from 'node:child_process'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '..')

/** Paths of the tools, run in this Node: a shell and its PATH would find another. */
export const TOOLS = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  next: 'node_modules/next/dist/bin/next',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
}

/**
 * Runs a script in this Node from the project's root, with its output shown.
 * @param {string[]} args script and its arguments
 * @param {Record<string, string>} [environment] added to the inherited one
 * @returns {Promise<boolean>} whether it ended with exit code 0
 */
export function runStep(args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0))
  })
}

/**
 * A line that separates one step's output from the next.
 * @param {string} title
 */
export function printHeading(title) {
  console.log(`\n━━ ${title} ${'━'.repeat(Math.max(0, 72 - title.length))}`)
}

/**
 * Seconds since `startedMs`, for people.
 * @param {number} startedMs by `performance.now()`
 */
export function formatElapsed(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
}

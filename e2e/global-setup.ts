import type { TestProject } from 'vitest/node'
import { isBuildCurrent } from '../scripts/build.mjs'
import { type FoundBrowser, findBrowser } from './browser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    browser: FoundBrowser
  }
}

/** Once before all files: the build must be that of these sources, and one browser must start. */
export default async function setUp(project: TestProject): Promise<void> {
  if (!(await isBuildCurrent()))
    throw new Error('The build is not current: run npm run build, or npm run test:e2e.')
  const browser = await findBrowser()
  console.log(`Browser: ${browser.version}, ${browser.executablePath ?? "Playwright's own"} (${browser.way})`)
  project.provide('browser', browser)
}

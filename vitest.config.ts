import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**', '**/.next/**']

/*
 * unit: pure code and the published packages. integration: what opens files, ports, threads or processes
 * of the server. frameworks: agents of real frameworks. e2e: the built product in a real browser.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['scripts/fix-seed.ts'],
          include: ['*.test.ts', '{lib,sdk,components,demo,scripts}/**/*.test.{ts,tsx}'],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        // Next's bundler has this module; what it guards against cannot happen in a test.
        resolve: { alias: { 'server-only': 'next/dist/compiled/server-only/empty.js' } },
        test: {
          name: 'integration',
          setupFiles: ['scripts/fix-seed.ts'],
          include: ['{db,ingest,jobs,server,cli,app,bench,tests}/**/*.test.{ts,tsx}'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real frameworks with scripted models; their packages are installed in that folder alone.
        resolve: { alias: { 'server-only': 'next/dist/compiled/server-only/empty.js' } },
        test: {
          name: 'frameworks',
          root: './frameworks',
          include: ['**/*.test.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude,
          globalSetup: ['e2e/global-setup.ts'],
          // A browser and a server are at work already: one file at a time keeps two cores honest.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

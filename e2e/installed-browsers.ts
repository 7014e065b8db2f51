import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Names under which the browsers lie on PATH, stable channels first. */
const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
  'google-chrome-beta',
  'microsoft-edge-beta',
]

const LINUX_PATHS = [
  '/opt/google/chrome/chrome',
  '/opt/microsoft/msedge/msedge',
  '/usr/lib/chromium/chromium',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/snap/bin/chromium',
]

const MAC_APPLICATIONS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Google Chrome Beta']

const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

type Environment = Readonly<Record<string, string | undefined>>

function listOnPath(platform: NodeJS.Platform, environment: Environment): string[] {
  const paths = platform === 'win32' ? path.win32 : path.posix
  const folders = (environment.PATH ?? environment.Path ?? '').split(paths.delimiter)
  const suffix = platform === 'win32' ? '.exe' : ''
  return COMMANDS.flatMap((command) =>
    folders.filter((folder) => folder !== '').map((folder) => paths.join(folder, `${command}${suffix}`)),
  )
}

function listUsualPaths(platform: NodeJS.Platform, environment: Environment): string[] {
  if (platform === 'darwin') {
    return MAC_APPLICATIONS.flatMap((name) =>
      ['/Applications', `${homedir()}/Applications`].map(
        (folder) => `${folder}/${name}.app/Contents/MacOS/${name}`,
      ),
    )
  }
  if (platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
      (name) => environment[name] ?? [],
    )
    return WINDOWS_PROGRAMS.flatMap((program) => folders.map((folder) => path.win32.join(folder, program)))
  }
  return LINUX_PATHS
}

/** Executables of Chromium, Chrome or Edge on this machine, likeliest first. That they start is not known yet. */
export function listInstalledBrowsers(
  platform: NodeJS.Platform = process.platform,
  environment: Environment = process.env,
  exists: (file: string) => boolean = existsSync,
): string[] {
  const candidates = [...listOnPath(platform, environment), ...listUsualPaths(platform, environment)]
  return [...new Set(candidates)].filter(exists)
}

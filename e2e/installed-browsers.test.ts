import { expect, test } from 'vitest'
import { listInstalledBrowsers } from './installed-browsers.ts'

test('a browser on PATH comes before one in a usual place, and each is named once', () => {
  const there = new Set(['/opt/bin/google-chrome', '/usr/bin/chromium', '/opt/google/chrome/chrome'])
  const found = listInstalledBrowsers('linux', { PATH: '/usr/bin:/opt/bin:/usr/bin' }, (file) =>
    there.has(file),
  )
  expect(found).toEqual(['/usr/bin/chromium', '/opt/bin/google-chrome', '/opt/google/chrome/chrome'])
})

test('applications are found on macOS', () => {
  const edge = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
  expect(listInstalledBrowsers('darwin', { PATH: '/usr/bin' }, (file) => file === edge)).toEqual([edge])
})

test('programs are found on Windows, whatever the folder of programs is called', () => {
  const environment = { Path: 'C:\\Windows', PROGRAMFILES: 'D:\\Programme' }
  const chrome = 'D:\\Programme\\Google\\Chrome\\Application\\chrome.exe'
  expect(listInstalledBrowsers('win32', environment, (file) => file === chrome)).toEqual([chrome])
})

test('an empty machine has none', () => {
  expect(listInstalledBrowsers('linux', {}, () => false)).toEqual([])
})

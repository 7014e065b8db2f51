'use client'

import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { ThemeIcon } from '#components/ui/icons.tsx'
import { useTimeZone } from '#components/ui/time-zone.tsx'
import { useNow } from '#components/ui/use-now.ts'
import { formatZoneName } from '#lib/format/time.ts'
import styles from './controls.module.css'

/** The zone in which times are told; pressing it changes between the viewer's and UTC. */
export function ZoneControl() {
  const { zone, isUtc, setUtc } = useTimeZone()
  const nowMs = useNow(3_600_000)
  const name = isUtc || nowMs === null ? 'UTC' : formatZoneName(nowMs, zone)
  const title = isUtc ? 'Times in UTC. Press for your own zone' : `Times in ${zone}. Press for UTC`
  return (
    <button
      type="button"
      className={styles.quiet}
      aria-pressed={isUtc}
      title={title}
      onClick={() => setUtc(!isUtc)}
    >
      {name}
    </button>
  )
}

export interface ThemeSwitch {
  readonly next: 'dark' | 'light'
  readonly toggle: () => void
}

/** The other theme. Choosing the one that the system prefers goes back to following the system. */
export function useThemeSwitch(): ThemeSwitch {
  const { setColorScheme } = useMantineColorScheme()
  const shown = useComputedColorScheme('dark', { getInitialValueInEffect: true })
  const next = shown === 'dark' ? 'light' : 'dark'
  return {
    next,
    toggle: () => {
      const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
      setColorScheme(next === preferred ? 'auto' : next)
    },
  }
}

export function ThemeControl() {
  const { next, toggle } = useThemeSwitch()
  return (
    <button
      type="button"
      className={styles.quiet}
      title={`Switch to the ${next} theme`}
      aria-label="Switch theme"
      onClick={toggle}
    >
      <ThemeIcon />
    </button>
  )
}

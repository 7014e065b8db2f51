import type { ReactNode } from 'react'
import {
  AlertsIcon,
  BatchesIcon,
  ConnectIcon,
  CouplingIcon,
  ModeIcon,
  OverviewIcon,
  SettingsIcon,
  ToolsIcon,
} from '#components/ui/icons.tsx'

export interface PageEntry {
  readonly href: string
  readonly label: string
  /** Where the tab bar has little room. */
  readonly short: string
  readonly icon: () => ReactNode
  /** The keys that go there. */
  readonly keys: string
  /** What is counted beside its name. */
  readonly count?: 'open-alerts'
  /** Set apart from the pages above: for setting up, not for looking. */
  readonly isSetup?: boolean
  /** Not in the tab bar, which has room for seven: the palette leads there. */
  readonly isRare?: boolean
}

/** The pages that the rail, the tab bar and the palette offer, in their order. */
export const PAGES: readonly PageEntry[] = [
  { href: '/', label: 'Overview', short: 'Overview', icon: OverviewIcon, keys: 'g o' },
  { href: '/batches', label: 'Batches', short: 'Batches', icon: BatchesIcon, keys: 'g b' },
  { href: '/tools', label: 'Tools', short: 'Tools', icon: ToolsIcon, keys: 'g t' },
  { href: '/coupling', label: 'Coupling', short: 'Coupling', icon: CouplingIcon, keys: 'g p' },
  {
    href: '/alerts',
    label: 'Alerts',
    short: 'Alerts',
    icon: AlertsIcon,
    keys: 'g a',
    count: 'open-alerts',
  },
  { href: '/mode', label: 'Parallel mode', short: 'Mode', icon: ModeIcon, keys: 'g m' },
  { href: '/connect', label: 'Connect', short: 'Connect', icon: ConnectIcon, keys: 'g c', isSetup: true },
  {
    href: '/settings',
    label: 'Settings',
    short: 'Settings',
    icon: SettingsIcon,
    keys: 'g s',
    isSetup: true,
    isRare: true,
  },
]

/** True for a page and everything below it. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
}

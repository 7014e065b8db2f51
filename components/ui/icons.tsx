import type { ReactNode } from 'react'

/*
 * Line icons of the chrome, 14 px, in the colour of the text around them. They always stand beside a word
 * or inside a labelled control, so they take no name of their own.
 */

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      aria-hidden="true"
      style={{ flex: 'none' }}
    >
      {children}
    </svg>
  )
}

export const OverviewIcon = () => (
  <Icon>
    <path d="M.7.7h5v7h-5zM8.3.7h5v4h-5zM.7 10.3h5v3h-5zM8.3 7.3h5v6h-5z" />
  </Icon>
)
export const BatchesIcon = () => (
  <Icon>
    <path d="M1 2h8M1 5.4h4.5M3.5 8.8H13M1 12.2h6" strokeWidth="1.5" />
  </Icon>
)
export const ToolsIcon = () => (
  <Icon>
    <path d="M7 .8l5.4 3.1v6.2L7 13.2l-5.4-3.1V3.9z" strokeLinejoin="round" />
    <circle cx="7" cy="7" r="2.2" />
  </Icon>
)
export const AlertsIcon = () => (
  <Icon>
    <path d="M7 1.4 13.2 12.4H.8z" strokeLinejoin="round" />
    <path d="M7 5.4v3.2M7 10.2v.6" strokeLinecap="round" />
  </Icon>
)
export const CouplingIcon = () => (
  <Icon>
    <circle cx="4.9" cy="7" r="4.1" />
    <circle cx="9.1" cy="7" r="4.1" />
  </Icon>
)
export const ModeIcon = () => (
  <Icon>
    <rect x=".8" y="2.6" width="12.4" height="8.8" rx="4.4" />
    <circle cx="5.2" cy="7" r="2" />
  </Icon>
)
export const ConnectIcon = () => (
  <Icon>
    <path d="M4.4 1v3.2M9.6 1v3.2M2 4.6h10M3 4.6v3.2a4 4 0 0 0 8 0V4.6M7 11.8v1.7" />
  </Icon>
)
export const SettingsIcon = () => (
  <Icon>
    <path d="M1 3.6h5.4M10.2 3.6H13M1 10.4h2.8M7.6 10.4H13" strokeLinecap="round" />
    <circle cx="8.3" cy="3.6" r="1.9" />
    <circle cx="5.7" cy="10.4" r="1.9" />
  </Icon>
)
export const SearchIcon = () => (
  <Icon>
    <circle cx="6" cy="6" r="4.3" />
    <path d="M9.2 9.2 13 13" strokeLinecap="round" />
  </Icon>
)
export const ChevronDownIcon = () => (
  <Icon>
    <path d="M4 5.6 7 8.6l3-3" strokeLinecap="round" strokeLinejoin="round" />
  </Icon>
)
export const ChevronLeftIcon = () => (
  <Icon>
    <path d="M8.5 3.5 5 7l3.5 3.5" strokeLinecap="round" strokeLinejoin="round" />
  </Icon>
)
export const ChevronRightIcon = () => (
  <Icon>
    <path d="M5.5 3.5 9 7l-3.5 3.5" strokeLinecap="round" strokeLinejoin="round" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="M4 4l6 6M10 4l-6 6" strokeWidth="1.1" />
  </Icon>
)
export const CheckIcon = () => (
  <Icon>
    <path d="M3 7.4 5.8 10 11 4.4" strokeLinecap="round" strokeLinejoin="round" strokeWidth="1.6" />
  </Icon>
)
export const CopyIcon = () => (
  <Icon>
    <rect x="4.6" y="4.6" width="7.6" height="7.6" rx="1.4" />
    <path d="M9.4 4.6V3.2A1.4 1.4 0 0 0 8 1.8H3.2a1.4 1.4 0 0 0-1.4 1.4V8a1.4 1.4 0 0 0 1.4 1.4h1.4" />
  </Icon>
)
export const ArrowUpIcon = () => (
  <Icon>
    <path d="M7 11.5V3M3.8 6 7 2.8 10.2 6" strokeLinecap="round" strokeLinejoin="round" />
  </Icon>
)
export const ArrowDownIcon = () => (
  <Icon>
    <path d="M7 2.5V11M3.8 8 7 11.2 10.2 8" strokeLinecap="round" strokeLinejoin="round" />
  </Icon>
)
export const TableIcon = () => (
  <Icon>
    <path d="M1.5 2.5h11v9h-11zM1.5 5.5h11M1.5 8.5h11M5.5 2.5v9" />
  </Icon>
)
export const ThemeIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="5.4" />
    <path d="M7 1.6a5.4 5.4 0 0 1 0 10.8z" fill="currentColor" stroke="none" />
  </Icon>
)
export const PanelIcon = () => (
  <Icon>
    <rect x="1.2" y="2" width="11.6" height="10" rx="1.8" />
    <path d="M5.2 2v10" />
  </Icon>
)

/** The mark: bars that end at one barrier. */
export function LogoMark() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" style={{ flex: 'none' }}>
      <path d="M1 1.6h9v2.2H1zM1 6.4h6v2.2H1zM1 11.2h12v2.2H1z" fill="var(--ink-1)" />
      <path d="M14 .5h2v14.4h-2z" fill="var(--slow)" />
    </svg>
  )
}

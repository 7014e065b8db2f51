import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const tenOf = (value: string): MantineColorsTuple => [
  value,
  value,
  value,
  value,
  value,
  value,
  value,
  value,
  value,
  value,
]

/** What floats is the only thing with a shadow. */
const floating = { shadow: 'md', radius: 'md', transitionProps: { duration: 0 } }
const floatingPanel = { padding: 2, border: 0, background: 'var(--bg-2)' }
const strong = { fontSize: 'var(--fs-14)', fontWeight: 'var(--fw-strong)' }

/**
 * Mantine renders controls only, and in ink: every hue on a page is a statement about calls or mode, so the
 * kit's own palette is reduced to one colour that follows the theme.
 */
export const theme = createTheme({
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  primaryColor: 'ink',
  autoContrast: false,
  colors: { ink: tenOf('var(--solid)') },
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '16px', md: '20px', lg: '20px', xl: '24px' },
  fontWeights: { regular: '420', medium: '520', bold: '620' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '5px', md: '8px' },
  defaultRadius: 'sm',
  shadows: { md: 'var(--shadow-float)' },
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withinPortal: true, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: floating, styles: { dropdown: floatingPanel } },
    Popover: { defaultProps: floating, styles: { dropdown: floatingPanel } },
    Modal: {
      defaultProps: { ...floating, overlayProps: { backgroundOpacity: 0.5 } },
      styles: {
        content: { background: 'var(--bg-2)' },
        header: { background: 'var(--bg-2)' },
        title: strong,
      },
    },
    Drawer: {
      defaultProps: {
        shadow: 'md',
        overlayProps: { backgroundOpacity: 0.5 },
        transitionProps: { duration: 120 },
      },
      styles: {
        content: { background: 'var(--bg-2)' },
        header: { background: 'var(--bg-2)' },
        title: strong,
      },
    },
  },
})

const schemeVariables = {
  '--mantine-color-body': 'var(--bg-0)',
  '--mantine-color-text': 'var(--ink-1)',
  '--mantine-color-dimmed': 'var(--ink-2)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-anchor': 'var(--ink-1)',
  '--mantine-color-error': 'var(--err-text)',
  '--mantine-color-default': 'var(--bg-2)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-color': 'var(--ink-1)',
  '--mantine-color-default-border': 'var(--line-2)',
  '--mantine-primary-color-contrast': 'var(--on-solid)',
}

/**
 * Mantine sets its semantic colours under each scheme with a stronger selector than `variables`, so the
 * same references are given for both; the tokens behind them change with the scheme.
 */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: schemeVariables,
  dark: schemeVariables,
})

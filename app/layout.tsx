import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/geist-mono/index.css'
import './tokens.css'
import './globals.css'

import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Providers } from '#components/query/providers.tsx'
import { Hatches } from '#components/ui/hatches.tsx'

export const metadata: Metadata = {
  title: { default: 'Parascope', template: '%s · Parascope' },
  description: "What an agent's parallel tool calls really did.",
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1012' },
  ],
}

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" />
      </head>
      <body>
        <Hatches />
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}

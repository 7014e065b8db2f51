'use client'

import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { cssVariablesResolver, theme } from '#components/ui/theme.ts'
import { getQueryClient } from './query-client.ts'

/** Everything that a page finds in its context: theme, query cache, state in the address, notices. */
export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <NuqsAdapter>
        <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
          {children}
          <Notifications position="bottom-right" limit={3} />
        </MantineProvider>
      </NuqsAdapter>
    </QueryClientProvider>
  )
}

import type { ReactNode } from 'react'
import { AppShell } from '#components/shell/app-shell.tsx'

/** Every page reads the store and its address anew: nothing here is known when the app is built. */
export const dynamic = 'force-dynamic'

export default function DashboardLayout({ children }: { readonly children: ReactNode }) {
  return <AppShell>{children}</AppShell>
}

import type { NextConfig } from 'next'

/** No page of another site may frame the switch, and none is told where a person came from. */
const SECURITY_HEADERS = [
  { key: 'content-security-policy', value: "frame-ancestors 'none'; base-uri 'self'; object-src 'none'" },
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'referrer-policy', value: 'same-origin' },
]

const config: NextConfig = {
  // Native and stream-holding packages are loaded by Node, never bundled.
  serverExternalPackages: ['better-sqlite3', 'pino'],
  poweredByHeader: false,
  reactStrictMode: true,
  agentRules: false,
  devIndicators: false,
  // `npm run check` checks all types, these included; a first start should not wait for them.
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks'] },
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
}

export default config

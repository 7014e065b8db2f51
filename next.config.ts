import type { NextConfig } from 'next'

const config: NextConfig = {
  // Native and stream-holding packages are loaded by Node, never bundled.
  serverExternalPackages: ['better-sqlite3', 'pino'],
  poweredByHeader: false,
  reactStrictMode: true,
  agentRules: false,
  devIndicators: false,
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks'] },
}

export default config

import { defaultShouldDehydrateQuery, isServer, QueryClient } from '@tanstack/react-query'
import { ApiError } from './fetch-json.ts'

/** A client with the defaults of this app; pages make one a request, the browser keeps one. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The event stream says when something has changed; this only spares the refetch after hydration.
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && isWorthRetrying(error),
      },
      dehydrate: {
        // A page may hand over a read that is still under way.
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  })
}

/** A 4xx will be the same next time; a lost connection or a busy server may not. */
function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === null || error.status === 429 || error.status >= 500
}

let browserClient: QueryClient | undefined

/** One client a request on the server, so that people never see each other's data; one in the browser. */
export function getQueryClient(): QueryClient {
  if (isServer) return makeQueryClient()
  browserClient ??= makeQueryClient()
  return browserClient
}

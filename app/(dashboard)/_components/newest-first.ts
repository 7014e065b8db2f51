import type { Sort } from '#components/query/view-state.ts'

export const NEWEST_FIRST: Sort = { sort: 'started_at', order: 'desc' }

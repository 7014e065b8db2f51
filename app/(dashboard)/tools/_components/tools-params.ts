import { parseAsString, parseAsStringLiteral } from 'nuqs'
import { TOOL_SORT_KEYS } from '#lib/charts/tool-rows.ts'

/** The page's own part of the view in the address: the costliest tool first, all tools. */
export const TOOLS_PARSERS = {
  sort: parseAsStringLiteral(TOOL_SORT_KEYS).withDefault('alone'),
  order: parseAsStringLiteral(['asc', 'desc']).withDefault('desc'),
  find: parseAsString.withDefault(''),
}

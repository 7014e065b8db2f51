import {
  createParser,
  type inferParserType,
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs'
import { ROW_DENSITIES } from '#lib/timeline/geometry.ts'
import type { TimeWindow } from '#lib/timeline/model.ts'
import { ROW_ORDERS } from '#lib/timeline/order-rows.ts'
import { formatWindowParam, parseWindowParam } from '#lib/timeline/window-param.ts'

const parseAsTimeWindow = createParser<TimeWindow>({
  parse: parseWindowParam,
  serialize: formatWindowParam,
  eq: (a, b) => formatWindowParam(a) === formatWindowParam(b),
})

/** The view of one batch in the address. None of the names is one of the list's, which links carry along. */
export const BATCH_VIEW_PARSERS = {
  /** A call id; empty when the selection was let go. */
  call: parseAsString,
  /** A fold, by the number of its first call. */
  fold: parseAsInteger,
  by: parseAsStringLiteral(ROW_ORDERS).withDefault('emitted'),
  t: parseAsTimeWindow,
  rows: parseAsStringLiteral(ROW_DENSITIES),
  flat: parseAsBoolean.withDefault(false),
  /** Folds that are open, each by the number of its first call. */
  open: parseAsArrayOf(parseAsInteger).withDefault([]),
  table: parseAsBoolean.withDefault(false),
}

export type BatchViewValues = inferParserType<typeof BATCH_VIEW_PARSERS>

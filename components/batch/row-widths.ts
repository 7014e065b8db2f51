/** Widths of the cells of a row, for rows on their way. */
export const ROW_WIDTHS = [64, 176, 48, 20, 110, 84, 150, 48, 64, 48, 90] as const

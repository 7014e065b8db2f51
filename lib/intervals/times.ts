/** When a call ran, µs from the hand-over; both null for one that did not. */
export interface Times {
  readonly startUs: number | null
  readonly durationUs: number | null
}

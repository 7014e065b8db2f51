import { pino } from 'pino'

/** The process's own log: JSON lines on standard error, so that standard output stays for people. */
export const logger = pino(
  { base: null, timestamp: pino.stdTimeFunctions.isoTime },
  pino.destination({ fd: 2, sync: false }),
)

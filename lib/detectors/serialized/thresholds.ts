/** Nats, with the price of the best of four alternatives in them. */
export const AGENT_NATS = 14.5
/** Below an agent there are a hundred keys, for which three or four serial runs in a row will happen by chance. */
export const NARROW_NATS = 15.5
/** A run that ran other calls side by side was on no host that runs everything in turn. */
export const PARTIAL_NATS = 12.2
/** Fewer when they were the first ones of a version. */
export const FRESH_NATS = 12.2
export const FRESH_PARTIAL_NATS = 10.8
/** A change within a version may begin at any of its runs and pays for that: less the nearer to its first run. */
export const VERSION_NATS = 8.5
export const VERSION_MOST_NATS = 14.5
/** Nats by which a narrower key must explain more than the whole agent: the broader wins a draw. */
export const NARROW_PRICE = 4
export const PROVED_PRICE = 1.5
/** Pairs as close as this are told apart by who waited for whom. */
export const DRAW_NATS = 1.5
/** Nats by which two rates must explain it better than one: little may have been learned of the key. */
export const APART_NATS = 4.5
/** Runs remembered as counted. */
export const AGENT_RUNS = 128
export const NARROW_RUNS = 8

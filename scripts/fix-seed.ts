import fc from 'fast-check'

/*
 * Properties are tried with the same cases in every run, so that a red run speaks of the change that it ran
 * on. `FAST_CHECK_SEED=random npm test` goes looking for new ones, and any number is a seed.
 */
const asked = process.env.FAST_CHECK_SEED
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? 20_261_120 : Number(asked) })

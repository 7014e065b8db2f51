import { installFrameworks } from '../../scripts/install-frameworks.mjs'
import { FarEnd } from '../../sdk/src/far-end.test-util.ts'
import { createParascope, type Mode } from '../../sdk/src/index.ts'
import { type Adapted, type Driver, Lab, PLAN, POLICIES } from './lab.ts'

/*
 * Frameworks by modes, each from the real package with a scripted model: whether the tools ran as the mode says
 * (as the tools saw it), whether every call kept its id, whether the model was told of errors in the very words
 * of the bare framework, and what a call costs beside the bare framework, tools that answer at once.
 */

const MODES: readonly Mode[] = ['parallel', 'reads-only', 'serial']
const ROUNDS = 100
const WARM_UP_ROUNDS = 20

interface Cell {
  readonly name: string
  readonly mode: Mode
  readonly schedule: string
  readonly ids: string
  readonly errors: string
  readonly overheadUs: number
  readonly bareUs: number
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN

async function timeRun(driver: Driver, adapted: Adapted | null): Promise<number> {
  const lab = new Lab({ ms: 0 })
  const startedMs = performance.now()
  await lab.run(driver, adapted)
  const tookMs = performance.now() - startedMs
  if (lab.noted.length !== PLAN.length) throw new Error(`${driver.name}: ${lab.noted.length} calls ran`)
  return (tookMs * 1_000) / PLAN.length
}

/** µs a call over the bare framework: the median of the differences of neighbouring rounds. */
async function measureOverhead(driver: Driver, adapted: Adapted) {
  const bare: number[] = []
  const over: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    // Whichever goes second finds caches warm and garbage waiting: they take turns.
    const first = await timeRun(driver, round % 2 === 0 ? null : adapted)
    const second = await timeRun(driver, round % 2 === 0 ? adapted : null)
    await adapted.scope.flush(10_000)
    if (round < 0) continue
    const [floor, ours] = round % 2 === 0 ? [first, second] : [second, first]
    bare.push(floor)
    over.push(ours - floor)
  }
  return { bareUs: median(bare), overheadUs: median(over) }
}

async function measure(driver: Driver, mode: Mode): Promise<Cell> {
  const farEnd = await FarEnd.open()
  if (mode !== 'parallel') farEnd.flip([{ mode }])
  const scope = createParascope({ url: farEnd.url, agent: 'agent' })
  const adapted: Adapted = { scope, options: { policies: POLICIES } }
  try {
    if (!(await scope.ready(5_000))) throw new Error('the far end was not heard')
    const lab = new Lab()
    await lab.run(driver, adapted)
    await scope.flush(5_000)
    const recorded = farEnd.batches.map(({ calls }) => calls.map(({ call_id }) => call_id).join(' '))
    const fails = (n: number) => n % 2 === 1
    const bare = await new Lab({ fails, ms: 1 }).run(driver, null)
    const ours = await new Lab({ fails, ms: 1 }).run(driver, adapted)
    return {
      name: driver.name,
      mode,
      schedule: lab.wrongSchedule(mode) ?? 'right',
      ids: recorded.join() === PLAN.map(({ callId }) => callId).join(' ') ? 'right' : recorded.join('; '),
      errors:
        JSON.stringify(ours) === JSON.stringify(bare) ? 'unchanged' : `changed: ${JSON.stringify(ours)}`,
      ...(await measureOverhead(driver, adapted)),
    }
  } finally {
    await scope.shutdown(5_000)
    await farEnd.close()
  }
}

await installFrameworks()
// What is not there before cannot be imported before.
const { DRIVERS } = await import('./drivers.ts')
console.log('| framework | mode | schedule | ids | errors | overhead, µs a call | bare, µs a call |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
let isAllRight = true
for (const driver of DRIVERS) {
  for (const mode of MODES) {
    const { name, schedule, ids, errors, overheadUs, bareUs } = await measure(driver, mode)
    isAllRight &&= schedule === 'right' && ids === 'right' && errors === 'unchanged'
    const figures = [overheadUs, bareUs].map((value) => value.toFixed(1))
    console.log(`| ${[name, mode, schedule, ids, errors, ...figures].join(' | ')} |`)
  }
}
process.exit(isAllRight ? 0 : 1)

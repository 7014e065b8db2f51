import type { Alert } from '#lib/contract/alerts.ts'
import type { AlertKind } from '#lib/model/alert.ts'
import type { RunbookNames, RunbookStep } from './runbook.ts'

type MakeSteps = (names: RunbookNames, alert: Alert) => readonly RunbookStep[]

/** Evidence that a thing is over is weighed like evidence for it: about so many good runs in a row. */
const RUNS_TO_RESOLVE = 'about half a dozen good runs'

function afterwards(what: string): RunbookStep {
  return {
    title: 'See that it is over',
    text: `This alert resolves itself after ${RUNS_TO_RESOLVE}. If ${what} and it stays open for an hour, go back to the first step.`,
    links: [{ label: 'Batches since the onset', target: 'bad-batches' }],
  }
}

const serialized: MakeSteps = ({ version, before, agent, lost }, { suspect }) => [
  {
    title: 'Look at the first bad batch',
    text: 'A stair, each call starting as the one before ends, is an await in a loop. Two or three at a time is a cap. Long empty stretches are a queue or a rate limit.',
    links: [{ label: 'First bad batch', target: 'first-bad-batch' }],
  },
  suspect?.kind === 'version' || suspect === null
    ? {
        title: `Read what ${version} changed around the executor`,
        text: 'Look for: await inside for or reduce, a Promise.all that went away, an executor that is no longer used, a concurrency of 1, a lock around the handler.',
        links: [{ label: 'Batches since the onset', target: 'bad-batches' }],
      }
    : {
        title: 'Compare with the batches before',
        text: `Same agent, same tools, other ${suspect.kind}: what differs in the facts of the two batches is where to look.`,
        links: [{ label: 'Batches over the window', target: 'batches' }],
      },
  {
    title: `Stop the rollout of ${version}, or go back to ${before}`,
    text: `If it must stay, nothing breaks: ${lost === null ? 'turns are slower' : `a turn of ${agent} takes ${lost} longer`}. Do not press serial: it helps nobody here.`,
    links: [],
  },
  afterwards('the old version serves again'),
]

const collapse: MakeSteps = ({ model, version, before }) => [
  {
    title: 'See whether it is asked for',
    text: 'The facts of a batch say what was asked of the model: parallel calls, or one by one. A client library may have turned it off with an upgrade.',
    links: [
      { label: 'First bad batch', target: 'first-bad-batch' },
      { label: 'Batches before', target: 'good-batches' },
    ],
  },
  {
    title: 'If it is not asked for, ask again',
    text: 'Set parallel_tool_calls to true (OpenAI), or take disable_parallel_tool_use out of tool_choice (Anthropic). Strict schemas and forced tool choices turn it off with some providers.',
    links: [],
  },
  {
    title: `If it is asked for, ${model} ignores it`,
    text: `Pin ${before} where it can still be had. Else say it in the system prompt: call independent tools together in one turn.`,
    links: [],
  },
  {
    title: `If the model did not change, read what ${version} changed in prompt and tools`,
    text: 'A new tool description that says "first", "then" or "after", or a runtime that keeps only the first call of a turn, looks the same from here.',
    links: [{ label: 'Batches since the onset', target: 'bad-batches' }],
  },
  afterwards('several calls a turn come again'),
]

const convoy: MakeSteps = ({ tools, hypothesis, resource, version }) => [
  {
    title: 'Look at the shape of the queue',
    text: `${hypothesis === null ? 'The calls end one after another though they start together' : `The best explanation: ${hypothesis}`}. A stair of ends is a lock; ends in groups of two or three are a pool of that size; even steps are a rate limit.`,
    links: [{ label: 'First bad batch', target: 'first-bad-batch' }],
  },
  {
    title: `Find what ${tools} share`,
    text: `Connections, locks, a client with a limit, a quota of the vendor: ${resource}. Compare its size with the number of calls a batch sends at once.`,
    links: [{ label: 'Latency by calls at once', target: 'tool' }],
  },
  {
    title: 'Give it more room, or send fewer',
    text: `Raise the pool above the size of a batch. Where that is not yours to raise, set concurrency in the SDK to its size: calls then wait in the plan, without a timeout running. ${version} may have made the pool smaller.`,
    links: [],
  },
  {
    title: 'If calls time out meanwhile, run the tool alone',
    text: 'Run alone in the switch above costs little, because they wait for each other as it is. Take it out once the pool is larger.',
    links: [{ label: 'Rules in force', target: 'mode' }],
  },
  afterwards('the pool is larger'),
]

const straggler: MakeSteps = ({ tool, version, lost }, { suspect }) => [
  {
    title: `Is it ${tool}, or how it is called?`,
    text: 'Its page shows its latency by version, by agent and by calls at once. Slow for one version: the deploy. Slow for all and alone too: the tool or its vendor.',
    links: [{ label: `Latency of ${tool}`, target: 'tool' }],
  },
  suspect?.kind === 'version'
    ? {
        title: `Stop the rollout of ${version}`,
        text: 'Look for a lost index, a cache that is no longer asked, larger answers, one more request behind the same name.',
        links: [{ label: 'Batches since the onset', target: 'bad-batches' }],
      }
    : {
        title: `Ask whoever runs ${tool}`,
        text: "Send them the time of the onset and two batch ids. Look at the vendor's status page; a region or an upstream that is slow shows there first.",
        links: [{ label: 'Batches since the onset', target: 'bad-batches' }],
      },
  {
    title: 'Bound the damage',
    text: `A deadline (deadlineMs in the SDK) at the old p95 lets the turn go on without ${tool}; a fallback or a cached answer is better where the model can do with it.${lost === null ? '' : ` It would give back up to ${lost} a turn.`}`,
    links: [],
  },
  {
    title: 'Leave parallel mode on',
    text: 'Its siblings run while it is slow. Serial would add their time to it.',
    links: [],
  },
  afterwards(`${tool} is fast again`),
]

const coupling: MakeSteps = ({ tool, sibling }) => [
  {
    title: 'Look at a batch in which it failed',
    text: `See whether ${sibling} is in flight when ${tool} starts, and what error it ends with: a conflict, a lock, a used-up session, a quota.`,
    links: [
      { label: 'First bad batch', target: 'first-bad-batch' },
      { label: 'All of them', target: 'bad-batches' },
    ],
  },
  {
    title: 'Keep the two apart',
    text: `Press Run alone in the switch above: a rule for ${tool} lets no sibling overlap it, from the next batch on. Nothing else changes.`,
    links: [{ label: 'Rules in force', target: 'mode' }],
  },
  {
    title: 'See that failures stop',
    text: `Within a few batches ${tool} should fail no more than alone. If it goes on failing, it was not ${sibling}: take the rule back.`,
    links: [{ label: `Failures of ${tool}`, target: 'tool' }],
  },
  {
    title: 'Find what they share',
    text: `A token that one refreshes and the other uses, a row both lock, a working folder, a rate limit counted over both. Declare it as a resource of both in the SDK, and the plan keeps them apart by itself.`,
    links: [{ label: `${sibling}`, target: 'sibling' }],
  },
  afterwards('the two no longer overlap'),
]

const conflict: MakeSteps = ({ tool, tools, resource }) => [
  {
    title: 'Stop it first',
    text: `Press Run alone in the switch above: ${tool} then runs alone within its batch. If several tools write there, make the whole agent serial. Either holds from the next batch on.`,
    links: [{ label: 'Rules in force', target: 'mode' }],
  },
  {
    title: 'See what may be wrong',
    text: `Open the batches: each names the two calls and the resource (${resource}). Check the last written value of each against what its run meant to write; the later end won.`,
    links: [
      { label: 'First bad batch', target: 'first-bad-batch' },
      { label: 'All of them', target: 'bad-batches' },
    ],
  },
  {
    title: 'Repair what was written twice or over',
    text: 'A write that came twice in one batch was sent twice: charges, mails and tickets have doubles. Tell whoever owns the data which runs they were.',
    links: [],
  },
  {
    title: 'Make it safe',
    text: `Declare the resources of ${tools} in the SDK, so that the plan keeps them in order; give writes an idempotency key; or make the tool one atomic write instead of a read and a write.`,
    links: [{ label: `Calls of ${tool}`, target: 'tool' }],
  },
  {
    title: 'Lift the rule',
    text: 'Once resources are declared the rule is no longer needed. This alert resolves itself after runs without a conflict.',
    links: [{ label: 'Rules in force', target: 'mode' }],
  },
]

const missed: MakeSteps = ({ tools, model }) => [
  {
    title: 'Go back to sleep',
    text: 'Nothing is broken: turns could be shorter than they are. Acknowledge it and look in the morning.',
    links: [],
  },
  {
    title: 'Look at two turns that follow each other',
    text: `${tools}: the second call uses nothing that the first returned, as far as the fingerprints tell. Check that this is so in a run or two.`,
    links: [{ label: 'First such batch', target: 'first-bad-batch' }],
  },
  {
    title: 'Let the model emit them together',
    text: `Ask ${model} for parallel calls, and say in the prompt which tools are independent. Take words of order out of their descriptions.`,
    links: [],
  },
  {
    title: 'Or make them one tool',
    text: 'Tools that are always called together save a whole model turn as one.',
    links: [{ label: 'Batches over the window', target: 'batches' }],
  },
  {
    title: 'If they do depend on each other',
    text: 'Resolve it by hand with a note that says so; the note stays with it if it comes back.',
    links: [],
  },
]

export const STEPS: Record<AlertKind, MakeSteps> = {
  serialized,
  collapse,
  convoy,
  straggler,
  coupling,
  conflict,
  missed,
}

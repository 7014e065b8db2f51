'use client'

import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { modeQuery } from '#components/query/queries.ts'
import { ANY_OTHER } from '#lib/flags/mode-shares.ts'
import { type ModeTrace, type ToolTrace, traceMode, traceToolMode } from '#lib/flags/trace-mode.ts'

const PARSERS = {
  run_agent: parseAsString.withDefault(''),
  run_environment: parseAsString.withDefault(''),
  run_tool: parseAsString.withDefault(''),
  run_id: parseAsString.withDefault(''),
}

export interface RunQuestion {
  readonly agent: string
  readonly environment: string
  readonly tool: string
  readonly runId: string
}

export interface RunAnswer {
  readonly trace: ModeTrace
  /** Null when no tool is asked about, or when the run's own mode is not decided. */
  readonly tool: ToolTrace | null
}

export interface RunQuestionState {
  readonly question: RunQuestion
  readonly setQuestion: (change: Partial<RunQuestion>) => void
  /** Null while the rules are not known. */
  readonly answer: RunAnswer | null
  /** The rule that decides, once anything was asked; for the table to point at. */
  readonly decidingId: string | null
}

/** "Which mode would a run get?", kept in the address. Empty fields stand for names that no rule mentions. */
export function useRunQuestion(nowMs: number): RunQuestionState {
  const { data } = useQuery(modeQuery())
  const [values, setValues] = useQueryStates(PARSERS, { history: 'replace' })
  const question = {
    agent: values.run_agent,
    environment: values.run_environment,
    tool: values.run_tool,
    runId: values.run_id,
  }
  const isAsked = Object.values(question).some((text) => text.trim() !== '')
  const answer = data ? answerQuestion(data.rules, question, nowMs) : null
  return {
    question,
    setQuestion: ({ agent, environment, tool, runId }) =>
      void setValues({
        ...(agent === undefined ? {} : { run_agent: agent || null }),
        ...(environment === undefined ? {} : { run_environment: environment || null }),
        ...(tool === undefined ? {} : { run_tool: tool || null }),
        ...(runId === undefined ? {} : { run_id: runId || null }),
      }),
    answer,
    decidingId: isAsked ? (answer?.trace.rule?.id ?? null) : null,
  }
}

function answerQuestion(
  rules: Parameters<typeof traceMode>[0],
  { agent, environment, tool, runId }: RunQuestion,
  nowMs: number,
): RunAnswer {
  const scope = { agent: agent.trim() || ANY_OTHER, environment: environment.trim() || ANY_OTHER }
  const key = runId.trim() || null
  const trace = traceMode(rules, scope, key, nowMs)
  const name = tool.trim()
  const isTold = name !== '' && trace.mode !== null
  return {
    trace,
    tool: isTold ? traceToolMode(rules, scope, name, trace.mode ?? 'parallel', key, nowMs) : null,
  }
}

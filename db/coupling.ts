import type { ToolMarks, ToolMarksAnswer, ToolQuestion } from '#lib/contract/coupling.ts'
import { TOOL_QUESTIONS } from '#lib/contract/coupling.ts'
import type { SqliteDatabase } from './sqlite/open.ts'

/** A day of two tools of an agent, by their ids. */
export interface PairCell {
  readonly day: number
  readonly agentId: number
  readonly environmentId: number
  readonly firstId: number
  readonly secondId: number
}

/** Encoded counts of pairs, as their consumer writes them. */
export interface PairTable {
  read(cell: PairCell): Uint8Array | null
  /** Null deletes. */
  write(cell: PairCell, counts: Uint8Array | null): void
  clear(): void
}

export function openPairTable(db: SqliteDatabase): PairTable {
  const where =
    'day = @day and agent_id = @agentId and environment_id = @environmentId and first_id = @firstId and second_id = @secondId'
  const read = db.prepare(`select counts from tool_pairs where ${where}`).pluck()
  const remove = db.prepare(`delete from tool_pairs where ${where}`)
  const write = db.prepare(
    `insert or replace into tool_pairs (day, agent_id, environment_id, first_id, second_id, counts)
     values (@day, @agentId, @environmentId, @firstId, @secondId, @counts)`,
  )
  const clear = db.prepare('delete from tool_pairs')
  return {
    read: (cell) => (read.get(cell) as Uint8Array | undefined) ?? null,
    write(cell, counts) {
      if (counts === null) remove.run(cell)
      else write.run({ ...cell, counts })
    },
    clear: () => void clear.run(),
  }
}

/** How often a tool named a resource, by the first part of its path. */
export interface ResourceTable {
  /** Roots that have a row of their own. */
  list(toolId: number): string[]
  add(toolId: number, root: string, calls: number): void
  clear(): void
}

export function openResourceTable(db: SqliteDatabase): ResourceTable {
  const list = db.prepare('select root from tool_resources where tool_id = ?').pluck()
  const add = db.prepare(`insert into tool_resources (tool_id, root, calls) values (?, ?, ?)
    on conflict (tool_id, root) do update set calls = calls + excluded.calls`)
  const clear = db.prepare('delete from tool_resources')
  return {
    list: (toolId) => list.all(toolId) as string[],
    add: (toolId, root, calls) => void add.run(toolId, root, calls),
    clear: () => void clear.run(),
  }
}

/** What a person answered last. */
export interface ToolMark {
  readonly tool: string
  readonly question: ToolQuestion
  readonly answer: 'yes' | 'no' | null
  readonly note: string | null
  readonly by: string
  readonly atUs: number
}

/** Appends the answers that are given, and says what stands. Call inside a transaction. */
export function appendToolMarks(
  db: SqliteDatabase,
  tool: string,
  marks: ToolMarks,
  by: string,
  nowMs: number,
): ToolMarksAnswer {
  const insert = db.prepare(
    'insert into tool_marks (tool, question, answer, note, "by", at_us) values (?, ?, ?, ?, ?, ?)',
  )
  for (const question of TOOL_QUESTIONS) {
    const answer = marks[question]
    if (answer !== undefined)
      insert.run(tool, question, answer, marks.note ?? null, by, Math.round(nowMs * 1000))
  }
  const standing = (db.prepare(toolMarksQuery).all() as ToolMark[]).filter((mark) => mark.tool === tool)
  return {
    tool,
    marks: standing.map(({ question, answer, note, by: who, atUs }) => ({
      question,
      answer,
      note,
      by: who,
      at: atUs / 1000,
    })),
  }
}

/** Selects {@link ToolMark}s: the last answer to each question of each tool, those taken back left out. */
export const toolMarksQuery = `select tool, question, answer, note, "by", at_us as atUs from tool_marks
  where id in (select max(id) from tool_marks group by tool, question) and answer is not null`

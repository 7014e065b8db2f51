import { mkdirSync, writeFileSync } from 'node:fs'
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ToolName } from '../catalogue.ts'
import { POLICIES } from '../world.ts'
import { type ToolBody, ToolError, textArg } from './tool.ts'

type FileToolName = Extract<
  ToolName,
  'read_policy' | 'list_ticket_notes' | 'append_ticket_note' | 'save_finding'
>

/** A ticket's notes are cut back to their newest lines past this size: the demo runs until stopped. */
const MAX_NOTES_BYTES = 16 * 1024
const KEPT_NOTES = 40

const POLICY_TEXT: Readonly<Record<(typeof POLICIES)[number], string>> = {
  refunds: 'Refund in full within 30 days of delivery. Above 200.00 a second person agrees first.',
  returns: 'Goods come back unused in their box. We pay the label when the fault is ours.',
  'goodwill-credit': 'Up to 25.00 a case, at most twice a year for the same customer.',
  'shipping-delays': 'After five working days without a scan, offer a replacement or a refund.',
  'damaged-goods': 'Ask for a photo. Replace first, refund when out of stock.',
  'fraud-checks': 'More than three refunds in a month: pass the case on, promise nothing.',
}

/** Tools over real files below `dir`: policy documents, ticket notes, findings. Creates what they read. */
export function createFileTools(dir: string): Record<FileToolName, ToolBody> {
  const folders = {
    policies: path.join(dir, 'policies'),
    tickets: path.join(dir, 'tickets'),
    findings: path.join(dir, 'findings'),
  }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
  for (const policy of POLICIES) {
    writeFileSync(path.join(folders.policies, `${policy}.md`), `# ${policy}\n\n${POLICY_TEXT[policy]}\n`)
  }
  return {
    read_policy: async (args, { signal }) => {
      const file = path.join(folders.policies, `${fileName(textArg(args, 'policy'))}.md`)
      return { text: await readOrNull(file, signal).then(orNotFound) }
    },
    list_ticket_notes: async (args, { signal }) => {
      const text = await readOrNull(
        path.join(folders.tickets, `${fileName(textArg(args, 'ticketId'))}.log`),
        signal,
      )
      return { notes: text === null ? [] : text.trimEnd().split('\n') }
    },
    append_ticket_note: async (args) => {
      const file = path.join(folders.tickets, `${fileName(textArg(args, 'ticketId'))}.log`)
      await appendFile(file, `${new Date().toISOString()} ${textArg(args, 'note')}\n`)
      await trimNotes(file)
      return { saved: true }
    },
    save_finding: async (args) => {
      const topic = fileName(textArg(args, 'topic'))
      await writeFile(
        path.join(folders.findings, `${topic}.md`),
        `# ${topic}\n\n${textArg(args, 'finding')}\n`,
      )
      return { topic }
    },
  }
}

async function trimNotes(file: string): Promise<void> {
  if ((await stat(file)).size <= MAX_NOTES_BYTES) return
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  await writeFile(file, `${lines.slice(-KEPT_NOTES).join('\n')}\n`)
}

/** A name from a model never leaves the folder it belongs to. */
function fileName(name: string): string {
  if (!/^[\w-]{1,80}$/.test(name))
    throw new ToolError('argument_invalid', 'a name holds letters, digits, _ and -')
  return name
}

async function readOrNull(file: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await readFile(file, { encoding: 'utf8', signal })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function orNotFound(text: string | null): string {
  if (text === null) throw new ToolError('not_found', 'no such document')
  return text
}

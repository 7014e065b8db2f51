import { Command, InvalidArgumentError, Option } from 'commander'
import { filterQuery } from '#lib/contract/query.ts'
import { FALSE_ALARMS_RANGE } from '#lib/detectors/sensitivity.ts'
import type { PagesKind } from '#server/pages.ts'
import type { VerifyOptions } from './audit.ts'
import type { CheckOptions } from './check.ts'
import type { DemoOptions } from './demo.ts'
import type { ExportOptions } from './export.ts'
import { reportFailure } from './failure.ts'
import type { ImportOptions } from './import.ts'
import type { ReplayOptions } from './replay.ts'

/*
 * Each command loads what it needs when it is chosen: the server is much to load for reading a file.
 */

const program = new Command('parascope')
  .description("See what an agent's parallel tool calls really did.")
  .showHelpAfterError()

program
  .command('start')
  .description('serve on this machine, in the foreground; builds first when there is no current build')
  .addOption(
    new Option(
      '--pages <kind>',
      'built; source, for work on Parascope itself; none, for senders and executors only',
    )
      .choices(['built', 'source', 'none'])
      .default('built'),
  )
  .action(async (options: { pages: PagesKind }) => (await import('./start.ts')).runStart(options))

program
  .command('demo')
  .description('the same on a data folder of its own, with demo agents feeding it')
  .option('--open', 'open the dashboard in a browser', false)
  .option('--days <n>', 'days of history to write first', '3')
  .option('--seed <n>', 'seed of everything random in the demo', '1')
  .option('--speed <n>', 'how many times faster than usual batches begin', '1')
  .option('--clock-file <file>', 'let the tools write down their own times, as JSON lines')
  .action(async (options: DemoOptions) => (await import('./demo.ts')).runDemoCommand(options))

program
  .command('rebuild')
  .description('drop everything derived and build it anew from the log')
  .action(async () => (await import('./rebuild.ts')).runRebuild())

program
  .command('replay')
  .description(
    'run the batches of a file (a line each, in the public shape) in event time and write the alerts',
  )
  .argument('<file>', 'batches as JSON lines, in the order in which they arrived')
  .requiredOption('--alerts <file>', 'where to write the alerts, as JSON lines')
  .option(
    '--sensitivity <n>',
    'expected false alarms per agent and month (default: PARASCOPE_SENSITIVITY, else 0.005)',
    parseFalseAlarms,
  )
  .option('--stats', 'say on stderr, as a line of JSON, what it cost', false)
  .action(async (file: string, options: ReplayOptions) =>
    (await import('./replay.ts')).runReplay(file, options),
  )

program
  .command('check')
  .description('fail (exit code 1) when the calls of a signature overlapped less than intended')
  .argument('<file>', 'batches as JSON lines, in the public shape')
  .requiredOption('--min-overlap <share>', 'share of the possible overlap, from 0 to 1', parseShare)
  .addOption(
    new Option('--format <format>', 'plain, for people; sarif, for tools')
      .choices(['plain', 'sarif'])
      .default('plain'),
  )
  .addOption(
    new Option('--agent <name>', 'judge the batches of this agent only; may be repeated').argParser(
      (name: string, before: readonly string[] | undefined) => [...(before ?? []), name],
    ),
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async (file: string, options: CheckOptions) => (await import('./check.ts')).runCheck(file, options))

const audit = program
  .command('audit')
  .description('the audit trail of the mode: who changed what, when and why')
audit
  .command('verify')
  .description(
    'compute every hash of the chain again; exit code 1 and the first broken line when one does not hold',
  )
  .option('--file <file>', 'of an export, instead of the store')
  .option('--known <hash>', 'fail also when no line has this hash: one noted elsewhere shows a cut end')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async (options: VerifyOptions) => (await import('./audit.ts')).runAuditVerify(options))
audit
  .command('export')
  .description('write the whole trail, as it was hashed, a line each, to the standard output')
  .action(async () => (await import('./audit.ts')).runAuditExport())

program
  .command('import')
  .description(
    'take files of OpenTelemetry spans (OTLP as JSON, as JSON lines or as protobuf) or of exported batches, gzipped or not',
  )
  .argument('<file...>', 'files; - is the standard input')
  .addOption(serverOption())
  .action(async (files: string[], options: ImportOptions) =>
    (await import('./import.ts')).runImport(files, options),
  )

const exporting = program
  .command('export')
  .description('write batches, a line each, oldest first')
  .addOption(
    new Option(
      '--format <format>',
      'jsonl, which holds all of a batch and can be imported again; otlp, spans for other systems',
    )
      .choices(['jsonl', 'otlp'])
      .default('jsonl'),
  )
  .option('-o, --output <file>', 'where to (default: standard output)')
  .addOption(serverOption())
  .action(async (options: ExportOptions) => (await import('./export.ts')).runExport(options))
for (const [name, filter] of Object.entries(filterQuery.shape)) {
  const flag = `--${name.replaceAll('_', '-')} <value>`
  // Those that take several values take them as a list, in the API too.
  const [fault] = filter.safeParse(['a value']).error?.issues ?? []
  const isList = fault === undefined || fault.path.length > 0
  const about = filter.description ?? (isList ? 'batches of this one only' : '')
  if (isList) exporting.option(flag, `${about}; may be repeated`, collectTexts)
  else exporting.option(flag, about)
}

await program.parseAsync().catch(reportFailure)

function collectTexts(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}

function serverOption(): Option {
  return new Option(
    '--url <url>',
    'a server (default: the one that holds the data folder, else the folder itself)',
  )
    .env('PARASCOPE_URL')
    .argParser(parseUrl)
}

function parseUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an address such as http://localhost:3000.')
  return text
}

function parseFalseAlarms(text: string): number {
  const { min, max } = FALSE_ALARMS_RANGE
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`)
  return value
}

function parseShare(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return value
}

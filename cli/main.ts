import { Command, Option } from 'commander'
import type { PagesKind } from '#server/pages.ts'
import { runDemoCommand } from './demo.ts'
import { reportFailure } from './failure.ts'
import { runRebuild } from './rebuild.ts'
import { runStart } from './start.ts'

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
  .action((options: { pages: PagesKind }) => runStart(options))

program
  .command('demo')
  .description('the same on a data folder of its own, with demo agents feeding it')
  .option('--open', 'open the dashboard in a browser', false)
  .option('--days <n>', 'days of history to write first', '3')
  .option('--seed <n>', 'seed of everything random in the demo', '1')
  .option('--speed <n>', 'how many times faster than usual batches begin', '1')
  .option('--clock-file <file>', 'let the tools write down their own times, as JSON lines')
  .action((options: { open: boolean; days: string; seed: string; speed: string; clockFile?: string }) =>
    runDemoCommand(options),
  )

program
  .command('rebuild')
  .description('drop everything derived and build it anew from the log')
  .action(() => runRebuild())

await program.parseAsync().catch(reportFailure)

import { locateMemory } from '../client/dataDirectory.js';
import { loadBundle } from '../client/distFiles.js';
import { storageFrom } from '../protocol/environment.js';
import type { DoctorFinding, DoctorModule, DoctorReport } from '../protocol/doctor.js';
import { command, type CommandSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import type { Shell } from './shell.js';

interface DoctorCommandOptions {
  dataDir?: string;
  fix?: true;
}

export const DOCTOR_COMMAND: CommandSpec = command<DoctorCommandOptions>({
  name: 'doctor',
  says: 'look for damage in the files of the memory; exit status 1 when there is any',
  options: [{ flags: '--fix', says: 'repair it; what is replaced or set aside is kept in backups/' }],
  run: doctor,
});

async function doctor(shell: Shell, options: DoctorCommandOptions): Promise<void> {
  const { dataDir } = locateMemory(options.dataDir, shell.system.env);
  const bundle = loadBundle('doctor.js') as DoctorModule;
  const report = await bundle.runDoctor({ dataDir, fix: options.fix === true, storage: storageFrom(shell.system.env) });
  if (!report.ok) shell.setExitCode(EXIT.failed);
  shell.output.result(report, () => describe(report));
}

function describe({ data_dir, ok, findings, repair }: DoctorReport): string {
  const before = [`Data directory ${data_dir}`, '', ...findings.map(findingLine)];
  if (repair === null) {
    const canHelp = findings.some(({ remedy }) => remedy !== null);
    const next = canHelp ? ' "greeum doctor --fix" does what is said behind the arrows.' : '';
    return [...before, '', (ok ? 'Nothing is damaged.' : 'There is damage.') + next].join('\n');
  }
  return [
    ...before,
    ...section('Done:', repair.done),
    ...section('Could not be saved or done:', repair.lost),
    ...(repair.backup === null ? [] : ['', `What was replaced or set aside is in ${repair.backup}`]),
    ...section('Afterwards:', repair.findings.map(findingLine)),
    '',
    ok ? 'Nothing is damaged any more.' : 'There is damage that could not be repaired.',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function findingLine({ area, severity, sentence, remedy }: DoctorFinding): string {
  const line = `${severity.padEnd(8)} ${area.padEnd(15)} ${sentence}`;
  return remedy === null ? line : `${line}\n${' '.repeat(25)}→ ${remedy}`;
}

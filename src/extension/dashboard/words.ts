import type { Words } from '../../dashboard/words.js';
import type { Localizer } from '../localizer.js';

/** What the page of the dashboard says, in the language of the editor. */
export function dashboardWords(l10n: Localizer): Words {
  return {
    title: l10n.t('Greeum Dashboard'),
    tabs: l10n.t('Parts of the dashboard'),
    tabLive: l10n.t('Worker'),
    tabGrowth: l10n.t('Growth'),
    tabGraph: l10n.t('Graph'),
    span: l10n.t('Time span'),
    span1: l10n.t('1 minute'),
    span10: l10n.t('10 minutes'),
    span60: l10n.t('1 hour'),
    period: l10n.t('Period'),
    periodDay: l10n.t('Days'),
    periodWeek: l10n.t('Weeks'),
    asTable: l10n.t('As table'),
    tryAgain: l10n.t('Try Again'),
    startWorker: l10n.t('Start Worker'),
    showStatus: l10n.t('Show Status'),
    numbers: l10n.t('Numbers of the worker'),
    added: l10n.t('Memories added'),
    addedUnit: l10n.t('per second'),
    queue: l10n.t('Queue'),
    queueUnit: l10n.t('writes that wait or are being written'),
    commit: l10n.t('Commit'),
    commitUnit: l10n.t('milliseconds, over the latest 1024 commits'),
    wait: l10n.t('Wait in the queue'),
    waitUnit: l10n.t('milliseconds, over the latest 1024 writes'),
    batch: l10n.t('Writes per commit'),
    batchUnit: l10n.t('over the latest 1024 commits'),
    journal: l10n.t('Journal'),
    journalUnit: l10n.t('bytes; a checkpoint empties it'),
    checkpoints: l10n.t('Checkpoints'),
    time: l10n.t('Time'),
    median: l10n.t('median'),
    of95: l10n.t('95 of 100'),
    of99: l10n.t('99 of 100'),
    largest: l10n.t('largest'),
    unknown: l10n.t('unknown'),
    latest: l10n.t('Chart: {0}, {1}. Latest: {2}.'),
    perDay: l10n.t('Memories per day'),
    perWeek: l10n.t('Memories per week'),
    total: l10n.t('Memories in all'),
    day: l10n.t('Day'),
    weekOf: l10n.t('Week of'),
    memories: l10n.t('Memories'),
    summary: l10n.t('{0} in this time, {1} in all'),
    ...graphWords(l10n),
  };
}

function graphWords(l10n: Localizer) {
  return {
    howMany: l10n.t('How many memories'),
    newest: l10n.t('Newest {0}'),
    showAll: l10n.t('Show Everything'),
    graph: l10n.t('Graph of memories'),
    graphSummary: l10n.t('{0} of {1} memories in {2} branches, with {3} associations'),
    keys: l10n.t(
      'Each spiral is a branch, its oldest memory in the middle. Left and right arrow: along a branch. Up and down: to other branches. Enter: open. +, −, 0: zoom.',
    ),
    memory: l10n.t('Memory'),
    text: l10n.t('Text'),
    branch: l10n.t('Branch'),
    continues: l10n.t('Continues'),
    associations: l10n.t('Associations'),
    memorySentence: l10n.t('Memory #{0}: {1} ({2}; branch of {3}, {4} associations)'),
  } as const satisfies Partial<Words>;
}

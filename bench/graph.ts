/**
 * How smoothly the dashboard's graph moves with the most memories it can show, in the real browser with the built page:
 * main-thread time until the picture is there, and per picture while it is zoomed and dragged. Run with
 * `npm run bench:graph`.
 */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';

import { FIRST_LOOK, type ToPage } from '../src/dashboard/messages.js';
import { dashboardWords } from '../src/extension/dashboard/words.js';
import { english } from '../src/extension/localizer.js';
import type { MemoryGraphResult } from '../src/protocol/operations.js';
import { launchBrowser } from '../test/vscode/harness/chromium.js';
import { projectRoot } from '../test/vscode/harness/paths.js';

const MEMORIES = 2000;
const BRANCHES = 40;
const ASSOCIATIONS = 4000;
const STEPS = 120;

function graph(): MemoryGraphResult {
  const nodes = Array.from({ length: MEMORIES }, (_, index) => ({
    block_index: index,
    // The lower a branch's number, the more memories it has.
    branch: `branch-${Math.floor(BRANCHES * ((index * 0.618) % 1) ** 2)}`,
    slot: null,
    project: null,
    timestamp: '2026-03-02T12:00:00',
    title: `What was decided about part ${index} of the whole, and why`,
    continues: index < BRANCHES ? null : index - BRANCHES,
  }));
  const associations = Array.from({ length: ASSOCIATIONS }, (_, index) => ({
    source: (index * 7919) % MEMORIES,
    target: (index * 104729 + 1) % MEMORIES,
    type: 'semantic',
    strength: 0.5,
  }));
  return { nodes: nodes.reverse(), associations };
}

/** The built page, without an editor around it. */
async function openPage(page: Page): Promise<void> {
  const built = (name: string): Promise<string> => readFile(path.join(projectRoot, 'dist/webview', name), 'utf8');
  await page.setContent('<!DOCTYPE html><html lang="en"><head></head><body class="vscode-dark"></body></html>');
  await page.addStyleTag({ content: await built('dashboard.css') });
  const state = { look: { ...FIRST_LOOK, tab: 'graph', limit: MEMORIES }, asTable: 0, camera: null };
  await page.evaluate(`
    window.acquireVsCodeApi = () => ({ postMessage() {}, setState() {}, getState: () => (${JSON.stringify(state)}) });
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ entryTypes: ['longtask'] });`);
  await page.addScriptTag({ content: await built('dashboard.js') });
}

/** Resolves when the page has heard it and has drawn what follows. */
async function tell(page: Page, message: ToPage): Promise<void> {
  await page.evaluate(
    `new Promise((done) => {
      window.postMessage(${JSON.stringify(message)}, '*');
      setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)));
    })`,
  );
}

/** Milliseconds that the page's main thread has worked, by the processor's clock. */
async function workedMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
}

async function main(): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await openPage(page);
    await tell(page, { type: 'words', words: dashboardWords(english), locale: 'en' });
    const beforeMs = await workedMs(session);
    await tell(page, { type: 'graph', graph: graph(), total: MEMORIES });
    console.log(`memories ${MEMORIES}, associations ${ASSOCIATIONS}`);
    console.log(`until the picture   ${((await workedMs(session)) - beforeMs).toFixed(1)} ms of the main thread`);
    await move(page, session);
  } finally {
    await browser.close();
  }
}

async function move(page: Page, session: CDPSession): Promise<void> {
  await page.evaluate(`
    window.frames_ = []; window.longest = 0; let last = performance.now();
    const frame = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);`);
  const beforeMs = await workedMs(session);
  await page.mouse.move(600, 600);
  for (let step = 0; step < STEPS / 2; step++) await page.mouse.wheel(0, step % 20 < 10 ? -60 : 60);
  await page.mouse.down();
  for (let step = 0; step < STEPS / 2; step++) await page.mouse.move(600 + 4 * (step % 30), 600 + 2 * (step % 30));
  await page.mouse.up();
  const worked = (await workedMs(session)) - beforeMs;
  const frames = await page.evaluate<number[]>('frames_.sort((a, b) => a - b)');
  const longest = await page.evaluate<number>('longest');
  const at = (share: number): string => (frames[Math.floor(frames.length * share)] ?? NaN).toFixed(1);
  console.log(`moved ${STEPS} times     ${(worked / frames.length).toFixed(2)} ms of the main thread a frame`);
  console.log(`frames              ${at(0.5)} ms (median), ${at(0.95)} ms (95 of 100), ${frames.length} of them`);
  console.log(`longest task        ${longest === 0 ? 'below 50' : longest.toFixed(0)} ms`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

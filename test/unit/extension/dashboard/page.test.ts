import assert from 'node:assert/strict';
import { dashboardPage } from '../../../../src/extension/dashboard/page.js';

const parts = {
  script: 'https://host/dashboard.js',
  style: 'https://host/dashboard.css',
  cspSource: 'https://*.host',
  nonce: 'abc123',
  language: 'ko',
  title: '<img src=x onerror=alert(1)>"',
};

describe('the page of the dashboard', () => {
  const page = dashboardPage(parts);

  it('lets nothing run but its script, loads nothing but its style sheet, and sends nothing', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    assert.equal(policy, "default-src 'none'; script-src 'nonce-abc123'; style-src https://*.host");
    assert.deepEqual(page.match(/<script[^>]*>/g), ['<script nonce="abc123" src="https://host/dashboard.js">']);
    assert.doesNotMatch(page, /unsafe|\son\w+=(?!alert)|style=/);
  });

  it('takes foreign text for text', () => {
    assert.ok(!page.includes('<img'));
  });

  it('tells screen readers its language', () => {
    assert.match(page, /<html lang="ko">/);
  });
});

import assert from 'node:assert/strict';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';

describe('Greeum in Korean', () => {
  const editor = useEditor({ language: 'ko' });

  it('speaks Korean in commands, questions, views, the status bar and the dashboard', async () => {
    const greeum = new GreeumWindow(await editor.openWindow(await editor.newFolder('shop')));
    const { window } = greeum;
    await greeum.waitForStatus(/워커가 이 창에서 실행 중/);
    await window.page.locator('.activitybar').getByRole('tab', { name: 'Greeum' }).click();
    for (const text of [
      '가격은 센트 단위의 정수로 다룬다.',
      '대기열에는 Redis가 너무 느려서 데이터베이스를 쓴다.',
      '결제는 다섯 번까지 다시 시도한다.',
    ]) {
      await window.runCommand('Greeum: 기억 추가');
      await window.type(text, { accept: true });
      await greeum.row('기억', new RegExp(`: ${text.slice(0, 10)}`));
    }
    await greeum.row('기억', /^오늘, 기억 3개/);
    await window.waitForNotification(/기억을 추가했습니다: 블록 #2/);
    await greeum.row('워커', /^상태: 워커가 이 창에서 실행 중/);
    const rows = await window.page.locator('.sidebar .pane').allInnerTexts();
    const latin = new Set(rows.join('\n').match(/[A-Za-z]{2,}/g));
    assert.deepEqual([...latin].sort(), ['Redis', 'shop', 'vscode'], 'a memory, the folder and a name of the protocol');
    await takePicture(greeum, 'sidebar-korean', { x: 0, y: 35, width: 352, height: 655 });
    await window.runCommand('Greeum: 대시보드 열기');
    await (await window.webview()).getByRole('heading', { name: 'Greeum 대시보드' }).waitFor();
  });
});

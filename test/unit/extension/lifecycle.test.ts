import assert from 'node:assert/strict';
import { Disposable, DisposableStore, onDispose } from '../../../src/extension/lifecycle.js';

class Parent extends Disposable {
  add(name: string, order: string[]): void {
    this._register({ dispose: () => order.push(name) });
  }
}

describe('Disposable', () => {
  it('gives back its children last one first', () => {
    const order: string[] = [];
    const parent = new Parent();
    for (const name of ['first', 'second', 'third']) parent.add(name, order);
    parent.dispose();
    assert.deepEqual(order, ['third', 'second', 'first']);
  });

  it('gives back each child once, however often it is disposed', () => {
    const order: string[] = [];
    const parent = new Parent();
    parent.add('only', order);
    parent.dispose();
    parent.dispose();
    assert.deepEqual(order, ['only']);
  });

  it('gives back at once what is registered too late', () => {
    const order: string[] = [];
    const parent = new Parent();
    parent.dispose();
    parent.add('late', order);
    assert.deepEqual(order, ['late']);
  });

  it('goes on past a child that fails, and says so at the end', () => {
    const order: string[] = [];
    const store = new DisposableStore();
    store.add({ dispose: () => order.push('first') });
    store.add({
      dispose: () => {
        throw new Error('no');
      },
    });
    assert.throws(() => store.dispose(), AggregateError);
    assert.deepEqual(order, ['first']);
  });
});

describe('onDispose', () => {
  it('runs its action once', () => {
    let runs = 0;
    const disposable = onDispose(() => runs++);
    disposable.dispose();
    disposable.dispose();
    assert.equal(runs, 1);
  });
});

import type { Sql } from './engine.js';
export function verifyInput(_sql: Sql): unknown { return null; }

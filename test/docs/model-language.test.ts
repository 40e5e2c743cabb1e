/** Every example of docs/model-language.md compiles, or is refused with just the code it names. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { compileModel } from '../../src/core/model/index.ts';

const page = readFileSync(new URL('../../docs/model-language.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```yaml(?: fails=([A-Z_]+))?\n([\s\S]*?)^```$/gm)];

test('the page has its examples', () => {
  assert.ok(examples.length >= 15, `${examples.length} examples found`);
});

for (const [index, [, fails, body = '']] of examples.entries()) {
  const firstLine = body.split('\n', 1)[0] ?? '';
  test(`example ${index + 1} (${firstLine}) ${fails === undefined ? 'compiles' : `is refused with ${fails}`}`, () => {
    const text = body.includes('gemel: 1') ? body : `gemel: 1\nmodel: example\nversion: 1.0.0\n${body}`;
    const { diagnostics } = compileModel({ file: 'example.yaml', text });
    assert.deepEqual(
      diagnostics.map((it) => `${it.code}${fails === undefined ? `: ${it.message}` : ''}`),
      fails === undefined ? [] : [fails],
    );
  });
}

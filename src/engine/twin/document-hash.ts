/**
 * Tells whether two model documents are the same. Not a safeguard against forgery: it only notices that
 * somebody edited a document without giving it a new version.
 *
 * Source   cyrb53 by bryc (public domain): two multiply-xorshift lanes of 32 bits.
 */

import type { ModelDocument } from '../../core/model/index.ts';

export function documentHash(document: ModelDocument): string {
  const text = JSON.stringify(document);
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return hex(b) + hex(a);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

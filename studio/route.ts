/** What the address asks for, after its `#`: a twin by its id, the alarms, the models, or one rollout among them. */

export type Route =
  | { readonly view: 'first' }
  | { readonly view: 'twin'; readonly id: string }
  | { readonly view: 'alarms' }
  | { readonly view: 'models'; readonly rollout?: string }
  | { readonly view: 'unknown'; readonly text: string };

/** @param hash - as `location.hash` has it. */
export function routeOf(hash: string): Route {
  const text = decoded(hash.replace(/^#/, ''));
  if (text === '' || text === '/') return { view: 'first' };
  // No id of a twin has a slash.
  if (!text.startsWith('/')) return { view: 'twin', id: text };
  const [, first = '', ...rest] = text.replace(/\/$/, '').split('/');
  const name = rest.join('/');
  if (first === 'alarms' && name === '') return { view: 'alarms' };
  if (first === 'models' || first === 'rollouts')
    return name === '' ? { view: 'models' } : { view: 'models', rollout: name };
  if (first === 'twins' || first === 'twin')
    return name === '' ? { view: 'first' } : { view: 'twin', id: name };
  return { view: 'unknown', text };
}

/** As it stands where it is no encoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Building elements without a framework. Text goes in as text, never as markup. */

type Child = Node | string;

/** An element with a class, attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`the page has no #${id}`);
  return node;
}

/** Sets text only if it differs, so that nothing is laid out anew for nothing. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** The same, said as a sentence; a name at its beginning stays as it is. */
export function sentenceOf(text: string): (Node | string)[] {
  return proseOf(text.replace(/^[a-z](?=[a-z]*[ ,:])/, (first) => first.toUpperCase()));
}

/** Text in which `…` marks a name, as the engine writes its messages. */
export function proseOf(text: string): (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
}

// Follows the events of the preview: patches the page in place, shows errors over it, and says what happened.
'use strict';

const bar = document.getElementById('preview-bar');
const status = document.getElementById('preview-status');
const place = document.getElementById('preview-place');
const moved = document.getElementById('preview-moved');

// Makes `old` equal to `fresh`; nodes that are equal stay, and with them scroll, focus and selection.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || fresh.nodeType !== Node.ELEMENT_NODE || old.tagName !== fresh.tagName) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = [...old.childNodes], after = [...fresh.childNodes];
  let start = 0;
  while (start < before.length && start < after.length && before[start].isEqualNode(after[start])) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start
    && before[before.length - 1 - end].isEqualNode(after[after.length - 1 - end])) end++;
  const olds = before.slice(start, before.length - end), news = after.slice(start, after.length - end);
  const next = before[before.length - end] ?? null;
  news.forEach((node, index) => {
    if (index < olds.length) patch(olds[index], node);
    else old.insertBefore(document.importNode(node, true), next);
  });
  olds.slice(news.length).forEach(node => node.remove());
}

// The generation on the page, and the newest one that was asked for.
let shown = Number(bar.dataset.generation), newest = shown;

// Takes the whole page from the server and patches what differs.
async function refresh(generation) {
  newest = Math.max(newest, generation);
  const answer = await fetch(location.pathname, { cache: 'no-store' });
  const text = await answer.text();
  if (generation < newest) return;
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  shown = Number(fresh.getElementById('preview-bar')?.dataset.generation ?? generation);
  fresh.getElementById('preview-bar')?.remove();
  const own = [...document.body.children].filter(node => node.id.startsWith('preview-'));
  own.forEach(node => node.remove());
  patch(document.body, fresh.body);
  document.body.append(...own);
  const [style, written] = [document, fresh].map(page => page.head.querySelector('style'));
  if (style && written) patch(style, written);
  document.title = fresh.title;
}

// Patches the sections that changed since the generation on the page; otherwise the page is fetched whole.
async function update(generation, from, parts) {
  const main = document.querySelector('main#text');
  if (!main || !parts || from !== shown || newest > shown) return refresh(generation);
  for (const { index, html } of parts) {
    const template = document.createElement('template');
    template.innerHTML = html;
    patch(main.children[index], template.content.firstElementChild);
  }
  shown = newest = generation;
}

function say(state, text) {
  status.dataset.state = state;
  status.textContent = text;
}

function element(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

// A place in a file, as a link where an editor is configured.
function link(at) {
  const editor = bar.dataset.editor;
  const node = element(editor ? 'a' : 'code', at);
  if (editor) node.href = editor + bar.dataset.root + '/' + at;
  return node;
}

function clear() {
  document.getElementById('preview-overlay')?.remove();
}

function show(errors) {
  clear();
  const overlay = document.createElement('section');
  overlay.id = 'preview-overlay';
  overlay.setAttribute('role', 'alert');
  overlay.append(element('h2', errors.length === 1 ? 'One error' : errors.length + ' errors'));
  for (const error of errors) {
    const line = document.createElement('div');
    line.append(link(`${error.file}:${error.line}:${error.column}`));
    overlay.append(line, element('pre', error.excerpt));
  }
  document.body.append(overlay);
}

const events = new EventSource('/events');
events.addEventListener('html', async event => {
  const { generation, ms, from, parts, moved: numbers, computing } = JSON.parse(event.data);
  await update(generation, from, parts);
  if (computing.length) say('busy', `#${generation}: page in ${ms} ms, being computed: ${computing.join(', ')}`);
  else say('ok', `#${generation}: page in ${ms} ms`);
  moved.replaceChildren(...numbers.map(([name, old, fresh]) => element('li', `${name}: ${old} → ${fresh}`)));
});
events.addEventListener('progress', event => {
  const { generation, stage } = JSON.parse(event.data);
  say('busy', `#${generation}: ${stage} …`);
});
events.addEventListener('ok', event => {
  clear();
  if (document.body.classList.contains('beside')) refresh(JSON.parse(event.data).generation);
});
events.addEventListener('error', event => {
  if (!event.data) {
    say('error', 'the preview has ended');
    return;
  }
  const { generation, errors } = JSON.parse(event.data);
  say('error', `#${generation}: ${errors.length} error${errors.length === 1 ? '' : 's'}`);
  show(errors);
});
events.addEventListener('pdf', async event => {
  const { generation, ms, passes } = JSON.parse(event.data);
  const again = passes > 1 ? `, ${passes} passes: references moved` : '';
  say('ok', `#${generation}: PDF in ${(ms / 1000).toFixed(2)} s${again}`);
  if (location.pathname !== '/pdf-view') return;
  await refresh(generation);
  document.querySelector('iframe.pages')?.contentWindow.location.reload();
});
events.addEventListener('waves', event => {
  if (location.pathname === '/waves') refresh(JSON.parse(event.data).generation);
});
document.addEventListener('click', event => {
  const at = event.target.closest?.('[data-at]')?.dataset.at;
  if (at) place.replaceChildren(link(at));
});
